// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Util/Chooser.py. Copyright BBC and Kamaelia Contributors.

using Axon;

/// <summary>Offers its first item at once and one more for each <c>"NEXT"</c>; after the last it says so on <c>"signal"</c>, and ends.</summary>
// PORT: differs. In Python it does not end on a ProducerFinished, and ends the system where there is nothing to iterate over.
internal sealed class ForwardIteratingChooser(params object?[] items) : Component
{
    protected override IEnumerator<Yield> Main()
    {
        foreach (object? item in items)
        {
            Send(item);
            while (!TryRecv(out object? _))
            {
                if (TryRecv(out object? stop, "control") && stop is ProducerFinished or ShutdownMicroprocess)
                {
                    Send(stop, "signal");
                    yield break;
                }

                yield return Pause();
            }
        }

        Send(new ProducerFinished(this), "signal");
    }
}
