// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Runtime.CompilerServices;

namespace Axon;

/// <summary>Takes one message of an inbox after the other: what <c>await foreach</c> works with.</summary>
/// <remarks>Threads: the component's own thread only. Cost: one object a loop.</remarks>
/// <typeparam name="T">What the messages must be.</typeparam>
public sealed class AsyncReader<T> : ICriticalNotifyCompletion
{
    private readonly RealSink _inbox;
    private readonly RealSink? _until;
    private T? _current;

    internal AsyncReader(RealSink inbox, RealSink? until)
    {
        _inbox = inbox;
        _until = until;
    }

    /// <summary>The message taken last.</summary>
    public T Current => _current!;

    /// <summary>For <c>await</c>: whether it need not wait.</summary>
    public bool IsCompleted => AsyncBody.Of(_inbox).IsReady(_inbox, _until);

    /// <summary>Awaited, takes the next message.</summary>
    public AsyncReader<T> MoveNextAsync() => this;

    /// <summary>For <c>await</c>: this.</summary>
    public AsyncReader<T> GetAwaiter() => this;

    /// <summary>For <c>await</c>: takes the message.</summary>
    /// <returns>False if the loop is to end: see <see cref="AsyncInbox{T}.Until"/>.</returns>
    /// <exception cref="UnexpectedMessageException">It has another type; it stays in the box.</exception>
    /// <exception cref="OperationCanceledException">The component ends.</exception>
    /// <exception cref="InvalidOperationException">There is nothing: it was not awaited.</exception>
    public bool GetResult() =>
        AsyncBody.Of(_inbox).TryTake(_inbox, out _current) || (_until is { Count: > 0 } ? false : throw AsyncBody.NothingIn(_inbox));

    /// <summary>For <c>await</c>: calls back when there is something.</summary>
    /// <param name="continuation">What to call.</param>
    public void OnCompleted(Action continuation) => UnsafeOnCompleted(AsyncBody.WithContext(continuation));

    /// <summary>For <c>await</c>: calls back when there is something.</summary>
    /// <param name="continuation">What to call.</param>
    public void UnsafeOnCompleted(Action continuation) => AsyncBody.Of(_inbox).Begin(_inbox, _until, continuation);
}
