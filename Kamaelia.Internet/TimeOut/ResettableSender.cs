// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/TimeOutCSA.py. Copyright BBC and Kamaelia Contributors.

namespace Kamaelia.Internet;

/// <summary>Sends one message when nothing has arrived for a while, and ends.</summary>
/// <remarks>
/// <para><em>Example usage</em>: complains once about a server that is silent for five seconds.</para>
/// <code>
/// new Pipeline(
///     new TcpClient(host, port),
///     new ResettableSender { Message = "Oi, wake up. I have received nothing for 5 seconds!" },
///     new ConsoleEchoer()).Run();
/// </code>
/// <para><em>Boxes</em>: <c>"inbox"</c> whatever arrives starts the countdown anew; <c>"control"</c> a <see cref="ProducerFinished"/> or
/// <see cref="ShutdownMicroprocess"/> ends it without a message. <c>"outbox"</c> the message, when there is room for it; <c>"signal"</c> is
/// not used.</para>
/// <para>Cost: a step for each batch of what arrives, and one timer. Time is the scheduler's.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Internet/TimeOutCSA.py, <c>ResettableSender</c>.</para>
/// </remarks>
// PORT: differs. Python has a thread that looks once a second, so it fires up to two seconds late, and never reads "control".
[Inbox("inbox", "Anything: starts the countdown anew.")]
[Inbox("control", "Shutdown: ends it without a message.")]
[Outbox("outbox", "The message, once.")]
[Outbox("signal", "Not used.")]
public sealed class ResettableSender : Component
{
    private static readonly TimeSpan s_defaultTimeout = TimeSpan.FromSeconds(5);

    private readonly TimeSpan _timeout;

    /// <summary>Makes a sender; its time runs from its first step.</summary>
    /// <param name="timeout">How long nothing may arrive. Default: 5 seconds.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public ResettableSender(TimeSpan? timeout = null)
    {
        _timeout = timeout ?? s_defaultTimeout;
        ArgumentOutOfRangeException.ThrowIfLessThan(_timeout, TimeSpan.Zero, nameof(timeout));
    }

    /// <summary>What it sends. Default: <c>"NEXT"</c>.</summary>
    public object? Message { get; init; } = "NEXT";

    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        TimeSpan since = Scheduler!.Time;
        while (true)
        {
            while (TryRecv(out object? order, "control"))
            {
                if (order is ProducerFinished or ShutdownMicroprocess)
                {
                    yield break;
                }
            }

            if (this.Drain("inbox"))
            {
                since = Scheduler.Time;
            }

            TimeSpan left = _timeout - (Scheduler.Time - since);
            if (left <= TimeSpan.Zero && TrySend(Message))
            {
                yield break;
            }

            yield return left > TimeSpan.Zero ? Pause(left) : Pause();
        }
    }
}
