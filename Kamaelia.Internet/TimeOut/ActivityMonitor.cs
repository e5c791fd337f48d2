// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/TimeOutCSA.py. Copyright BBC and Kamaelia Contributors.

namespace Kamaelia.Internet;

/// <summary>Stands behind a component, hands on what that sends, and says each time that something was sent.</summary>
/// <remarks>
/// <para><em>Example usage</em>: <c>Inactivity.Chassis</c> in Kamaelia.Chassis, which joins it to a <see cref="ResettableSender"/>.</para>
/// <para><em>How does it work?</em> However much it finds in a step, it says so once, and then hands it on. Where a receiver is full, it takes
/// no more into the inbox that leads there, so that the component feels what it would feel without a monitor; what comes in the boxes after
/// that one waits, so that an end is never told of before the data it ends.</para>
/// <para><em>Boxes</em>: <c>"inbox"</c>, <c>"inbox2"</c>, <c>"inbox3"</c> lead to <c>"outbox"</c>, <c>"outbox2"</c>, <c>"outbox3"</c>, and
/// <c>"control"</c> to <c>"signal"</c>: whatever arrives there. A <see cref="ProducerFinished"/>, <see cref="ShutdownMicroprocess"/> or
/// <see cref="ShutdownCsa"/> in <c>"control"</c> also ends it, when everything that waits is handed on. <c>"observed"</c> one message a batch;
/// whoever has no room for it goes without.</para>
/// <para>Cost: a step a batch.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Internet/TimeOutCSA.py, <c>ActivityMonitor</c>.</para>
/// </remarks>
// PORT: differs. Python's crashes if a receiver is full, and does not end on shutdownMicroprocess.
[Inbox("inbox", "Handed on through outbox.")]
[Inbox("inbox2", "Handed on through outbox2.")]
[Inbox("inbox3", "Handed on through outbox3.")]
[Inbox("control", "Handed on through signal; shutdown messages end it, too.")]
[Outbox("outbox", "From inbox.")]
[Outbox("outbox2", "From inbox2.")]
[Outbox("outbox3", "From inbox3.")]
[Outbox("signal", "From control.")]
[Outbox("observed", "There was something in an inbox.")]
public sealed class ActivityMonitor : Component
{
    private static readonly (string Inbox, string Outbox)[] s_lines = [("inbox", "outbox"), ("inbox2", "outbox2"), ("inbox3", "outbox3")];

    // What was found in "control" and is to be handed on after everything else.
    private readonly Queue<object?> _said = new();

    private bool _ending;
    private bool _stopping;

    // When to give up on a receiver that is full, once it is to end.
    private TimeSpan? _deadline;

    /// <summary>Makes a monitor.</summary>
    public ActivityMonitor() => WokenByCollection = false;

    /// <summary>What it says when there was something. Default: <c>"RESET"</c>.</summary>
    public object? Message { get; init; } = "RESET";

    /// <summary>
    /// How long receivers that are full may take when it is to end; then it drops what they have no room for. Default: null, no limit. A
    /// <see cref="ShutdownMicroprocess"/> does not wait for them.
    /// </summary>
    public TimeSpan? FlushTimeout { get; init; }

    /// <summary>Ends it as a shutdown message would, without one: whom it stands behind has ended. Scheduler thread only.</summary>
    internal void End()
    {
        NoteEnd();
        RequestWake();
    }

    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            while (!AnyReady() && !_ending)
            {
                yield return Pause();
            }

            if (AnyReady())
            {
                TrySend(Message, "observed");
            }

            ReadControl();
            foreach ((string inbox, string outbox) in s_lines)
            {
                int? limit = null;
                bool isHeldUp = false;
                while (DataReady(inbox))
                {
                    // Not taken out before there is room: taking the last one wakes who was refused, and then there must be room in here, too.
                    while (GetOutbox(outbox).IsFull && !IsOutOfPatience())
                    {
                        if (!isHeldUp)
                        {
                            isHeldUp = true;
                            limit = GetInbox(inbox).Size;
                            SetInboxSize(inbox, 0);
                            WokenByCollection = true;
                        }

                        yield return PauseForRoom();
                        ReadControl();
                    }

                    TrySend(Recv(inbox), outbox);
                }

                if (isHeldUp)
                {
                    SetInboxSize(inbox, limit);
                    WokenByCollection = false;

                    // What comes in the next boxes may be the end, and many look for that first: whoever was held up is to have its pass for
                    // the data before, wherever it stands in the queue.
                    yield return 1;
                    yield return 1;
                }
            }

            while (_said.TryDequeue(out object? message))
            {
                while (!TrySend(message, "signal") && !IsOutOfPatience())
                {
                    WokenByCollection = true;
                    yield return PauseForRoom();
                    ReadControl();
                }
            }

            WokenByCollection = false;
            if (_ending)
            {
                yield break;
            }
        }
    }

    private void ReadControl()
    {
        while (TryRecv(out object? message, "control"))
        {
            _said.Enqueue(message);
            _stopping |= message is ShutdownMicroprocess;
            if (message is ProducerFinished or ShutdownMicroprocess or ShutdownCsa)
            {
                NoteEnd();
            }
        }
    }

    private void NoteEnd()
    {
        _ending = true;
        _deadline ??= Scheduler?.Time + FlushTimeout;
    }

    private bool IsOutOfPatience() => _stopping || (_ending && Scheduler!.Time >= _deadline);

    private Yield PauseForRoom() => _deadline is { } deadline && deadline > Scheduler!.Time ? Pause(deadline - Scheduler.Time) : Pause();
}
