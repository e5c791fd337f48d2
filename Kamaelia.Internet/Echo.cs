// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/SingleServer.py. Copyright BBC and Kamaelia Contributors.

namespace Kamaelia.Internet;

/// <summary>Sends back whatever arrives; ends when it is told to, and passes that on.</summary>
/// <remarks>
/// <para>The simplest protocol for a server: <c>new SimpleServer(() => new Echo(), 1601).Run();</c></para>
/// <para>Waits where the receiver is full, so a client that does not read is not read from either.</para>
/// <para>Source: Kamaelia/Internet/SingleServer.py, <c>echo</c>.</para>
/// </remarks>
// PORT: differs. Python's never ends.
public sealed class Echo : Component
{
    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            while (TryRecv(out object? message))
            {
                while (!TrySend(message))
                {
                    yield return Pause();
                }
            }

            while (TryRecv(out object? order, "control"))
            {
                if (order is ProducerFinished or ShutdownMicroprocess)
                {
                    Send(order, "signal");
                    yield break;
                }
            }

            yield return Pause();
        }
    }
}
