// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.TestKit;

/// <summary>Keeps every message that arrives; ends when it is told to on <c>"control"</c>, and passes that on.</summary>
public sealed class CollectingSink : Component
{
    private readonly List<object?> _messages = [];

    /// <summary>What has arrived so far.</summary>
    public IReadOnlyList<object?> Messages => _messages;

    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            _messages.AddRange(Inbox());
            if (TryRecv(out object? stop, "control"))
            {
                Send(stop, "signal");
                yield break;
            }

            yield return Pause();
        }
    }
}
