// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Axon;

/// <summary>A component whose main is an <c>async</c> method, run on the scheduler's own thread: an <c>await</c> is one more way to sleep.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>
/// public sealed class Fetcher(HttpClient http) : AsyncComponent
/// {
///     protected override async Task Main()
///     {
///         await foreach (Uri address in Inbox&lt;Uri&gt;().Until("control"))
///         {
///             await SendAsync(await http.GetStringAsync(address, Stopping));
///         }
///
///         Send(Recv("control"), "signal");
///     }
/// }
/// </code>
/// <para><em>How does it work?</em> The method runs until its first <c>await</c> of something that is not there yet; that ends the step.
/// Whatever was awaited, a message, room in a box, a time, or any task of .NET, wakes the component, and the method goes on in the
/// component's own turn of a cycle. So there is nothing to lock, and the order of events is that of an ordinary component; nobody else can
/// tell the two apart. Several waits may be under way at once (<see cref="Task.WhenAny(Task[])"/>); those that are over continue in the
/// order in which they began. The component ends when its main does.</para>
/// <para><em>The end</em>: a stop cancels <see cref="Stopping"/> and every wait for a box or a time, with an
/// <see cref="OperationCanceledException"/>; what follows, <c>finally</c> blocks for instance, still runs on the scheduler's thread. Who goes
/// on waiting is left where it is. A main that still awaits a task of .NET is continued when that is over, if the scheduler still runs.
/// What leaves main otherwise is a crash, as from an ordinary component.</para>
/// <para>Keep <c>ConfigureAwait(false)</c> and <c>Task.Run</c> away from boxes: what follows runs on another thread, where using them is an
/// error. To block on a task (<c>Wait</c>, <c>Result</c>) blocks everybody.</para>
/// <para><em>Boxes</em>: as <see cref="Component"/>.</para>
/// <para>Cost: each step looks at every wait of this component. Waits for boxes and times allocate nothing once as many have been under way
/// before.</para>
/// <para>Threads: the component's own thread only. Waits are for its own main and what that calls.</para>
/// </remarks>
// PORT: differs. Python has no such component.
[SuppressMessage("Design", "CA1001", Justification = "The scheduler disposes the body, as every body.")]
public abstract class AsyncComponent : Component
{
    private AsyncBody? _body;

    /// <summary>Makes a component with the boxes that its class declares.</summary>
    /// <param name="tag">Appended to the name.</param>
    protected AsyncComponent(string tag = "")
        : base(tag)
    {
        Flags |= ProcessFlags.ThreadChecked;
    }

    /// <summary>Cancelled when this component is stopped or otherwise ends, in its last turn: for calls to .NET.</summary>
    /// <remarks>Threads: any thread, once main has begun.</remarks>
    /// <exception cref="InvalidOperationException">Main has not begun.</exception>
    protected CancellationToken Stopping => (_body ?? throw NotInMain()).Stopping;

    // A task of .NET may be what it waits for.
    internal sealed override bool IsWokenFromOutside => true;

    /// <summary>Whether its own code runs. While it does not, its boxes look who it is that uses them: see <see cref="Component"/>.</summary>
    internal bool IsInItsTurn
    {
        get => (Flags & ProcessFlags.ThreadChecked) == 0;
        set => Flags = value ? Flags & ~ProcessFlags.ThreadChecked : Flags | ProcessFlags.ThreadChecked;
    }

    /// <summary>Where the waits of this component are; only while its own code runs.</summary>
    internal AsyncBody Body => IsInItsTurn && _body is { } body ? body : throw NotInMain();

    /// <summary>An inbox, to be read with <c>await</c>; with <c>foreach</c> as in <see cref="Component.Inbox"/>.</summary>
    /// <param name="box">An inbox of this component.</param>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    public new AsyncInbox<object?> Inbox(string box = "inbox") => new(Unsafe.As<RealSink>(GetInbox(box)), null);

    /// <summary>An inbox whose messages must be of one type, to be read with <c>await</c>.</summary>
    /// <param name="box">An inbox of this component.</param>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    public AsyncInbox<T> Inbox<T>(string box = "inbox") => new(Unsafe.As<RealSink>(GetInbox(box)), null);

    /// <summary>Waits until a message is in any inbox, and takes none.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The first inbox, in the order declared, in which a message waits.</returns>
    public ValueTask<string> AnyReadyAsync(CancellationToken cancellationToken = default)
    {
        AsyncBody body = Body;
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<string>(cancellationToken);
        }

        if (FirstReady() is { } ready)
        {
            return new ValueTask<string>(ready);
        }

        AnyReadyWait wait = body.Rent<AnyReadyWait>();
        wait.Component = this;
        return new ValueTask<string>(wait, body.Begin(wait, cancellationToken));
    }

    /// <summary>Sends a message through an outbox; waits for room if the inbox at the end of the chain is full.</summary>
    /// <param name="message">Any object; null is a message too.</param>
    /// <param name="box">An outbox of this component.</param>
    /// <param name="cancellationToken">Ends the wait; the message is not sent then.</param>
    /// <remarks>Calls for one outbox send in the order of the calls. With room, the message is delivered when the call returns.</remarks>
    /// <exception cref="KeyNotFoundException">There is no such outbox.</exception>
    public ValueTask SendAsync(object? message, string box = "outbox", CancellationToken cancellationToken = default)
    {
        AsyncBody body = Body;
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        Postbox outbox = GetOutbox(box);
        if (!body.IsClaimed(outbox) && outbox.TryAppend(message))
        {
            return ValueTask.CompletedTask;
        }

        SendWait wait = body.Rent<SendWait>();
        wait.Claim = outbox;
        wait.Message = message;
        return new ValueTask(wait, body.Begin(wait, cancellationToken));
    }

    /// <summary>Ends the step: continues in the next cycle. As <c>yield return 1</c> in an ordinary component.</summary>
    public ValueTask YieldAsync()
    {
        AsyncBody body = Body;
        StepWait wait = body.Rent<StepWait>().Set(keepsAwake: true, due: long.MaxValue);
        return new ValueTask(wait, body.Begin(wait, CancellationToken.None));
    }

    /// <summary>Sleeps until something wakes this component. As <c>yield return Pause()</c>.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <remarks>A wake may be for nothing, or for another wait of this component: look again in a loop.</remarks>
    public ValueTask PauseAsync(CancellationToken cancellationToken = default)
    {
        AsyncBody body = Body;
        StepWait wait = body.Rent<StepWait>().Set(keepsAwake: false, due: long.MaxValue);
        return new ValueTask(wait, body.Begin(wait, cancellationToken));
    }

    /// <summary>Sleeps until something wakes this component, or until the time is up.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether the time is up.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public ValueTask<bool> PauseAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        AsyncBody body = Body;
        long due = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : body.DueIn(timeout);
        StepWait wait = body.Rent<StepWait>().Set(keepsAwake: false, due);
        return new ValueTask<bool>(wait, body.Begin(wait, cancellationToken));
    }

    /// <summary>Sleeps for that long, whatever arrives meanwhile.</summary>
    /// <param name="time">How long. Never ends early.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <remarks>What arrives still wakes the component for a step, in which nothing happens: it may have other waits under way.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public ValueTask SleepAsync(TimeSpan time, CancellationToken cancellationToken = default)
    {
        AsyncBody body = Body;
        long due = body.DueIn(time);
        SleepWait wait = body.Rent<SleepWait>();
        wait.Due = due;
        return new ValueTask(wait, body.Begin(wait, cancellationToken));
    }

    /// <summary>The body. Called in the first step; the component ends when the task is over.</summary>
    /// <remarks>Threads: the component's own thread only.</remarks>
    protected abstract new Task Main();

    internal Task CallMain() => Main() ?? throw new InvalidOperationException(
        $"The main method of {Name} returned null instead of a task. Write it as an async method.");

    private protected sealed override IEnumerator<Yield> MakeBody() => _body = new AsyncBody(this, Scheduler!);

    private InvalidOperationException NotInMain() => new(
        $"{Name} was asked to wait, and its Main is not what runs here. Only Main, and what it calls, can await its boxes and times. " +
        "After ConfigureAwait(false) and in Task.Run code goes on elsewhere.");
}
