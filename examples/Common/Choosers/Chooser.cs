// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Util/Chooser.py. Copyright BBC and Kamaelia Contributors.

using Axon;

/// <summary>
/// A list with a present item, which is sent at the start, and again whenever it was moved: <c>"NEXT"</c>, <c>"PREV"</c>, <c>"FIRST"</c>,
/// <c>"LAST"</c>, and <c>"SAME"</c> for none of these.
/// </summary>
/// <remarks><c>"NEXT"</c> at the end of the list sends nothing; <c>"PREV"</c> at its beginning sends the first item again.</remarks>
// PORT: differs. In Python it does not end on a ProducerFinished; with a loop, PREV on the first item goes astray.
internal sealed class Chooser(IEnumerable<object?> items, bool loop = false) : Component
{
    private readonly object?[] _items = [.. items];
    private int _present;

    protected override IEnumerator<Yield> Main()
    {
        SendPresent();
        while (true)
        {
            while (TryRecv(out object? command))
            {
                if (TryMove(command))
                {
                    SendPresent();
                }
            }

            if (TryRecv(out object? stop, "control") && stop is ProducerFinished or ShutdownMicroprocess)
            {
                Send(stop, "signal");
                yield break;
            }

            yield return Pause();
        }
    }

    private bool TryMove(object? command)
    {
        int last = _items.Length - 1;
        int wanted = command switch
        {
            "NEXT" => _present + 1,
            "PREV" => _present - 1,
            "FIRST" => 0,
            "LAST" => last,
            _ => _present,
        };
        if (wanted > last && !loop)
        {
            return false;
        }

        _present = wanted > last ? 0 : wanted >= 0 ? wanted : loop ? last : 0;
        return true;
    }

    private void SendPresent()
    {
        if (_items.Length > 0)
        {
            Send(_items[_present]);
        }
    }
}
