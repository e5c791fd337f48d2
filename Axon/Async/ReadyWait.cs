// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Tasks.Sources;

namespace Axon;

/// <summary>Waits until a message is in an inbox, and leaves it there.</summary>
internal sealed class ReadyWait : SourceWait, IValueTaskSource
{
    public RealSink Inbox = null!;

    public void GetResult(short token) => Finish(token);

    private protected override bool TryAct() => Inbox.Count > 0;
}

/// <summary>Waits until a message is in any inbox, and leaves it there.</summary>
internal sealed class AnyReadyWait : SourceWait, IValueTaskSource<string>
{
    private string? _ready;

    public Component Component = null!;

    public string GetResult(short token)
    {
        Finish(token);
        return _ready!;
    }

    private protected override bool TryAct()
    {
        _ready = Component.FirstReady();
        return _ready is not null;
    }
}
