// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Runtime.CompilerServices;

namespace Axon;

/// <summary>The next message of an inbox, to be awaited: <c>await Inbox().ReadAsync()</c>.</summary>
/// <remarks>
/// <para>Nothing is asked for before it is awaited. Use <see cref="AsTask"/> to wait for several at once.</para>
/// <para>Cost: no object, and about half the time of a <see cref="ValueTask{TResult}"/>. Benchmark: SchedulerBenchmarks.PingPong, async.</para>
/// <para>Threads: the component's own thread only.</para>
/// </remarks>
/// <typeparam name="T">What the message must be.</typeparam>
public readonly struct AsyncRead<T> : ICriticalNotifyCompletion, IEquatable<AsyncRead<T>>
{
    // One reference and no more: the state of the code that awaits is written at each wait.
    private readonly RealSink _inbox;

    internal AsyncRead(RealSink inbox)
    {
        _inbox = inbox;
    }

    /// <summary>Whether there is a message already, for this reader.</summary>
    public bool IsCompleted => AsyncBody.Of(_inbox).IsReady(_inbox, null);

    /// <summary>Whether two values are for the same inbox.</summary>
    public static bool operator ==(AsyncRead<T> left, AsyncRead<T> right) => left.Equals(right);

    /// <summary>Whether two values differ.</summary>
    public static bool operator !=(AsyncRead<T> left, AsyncRead<T> right) => !left.Equals(right);

    /// <summary>For <c>await</c>: this.</summary>
    public AsyncRead<T> GetAwaiter() => this;

    /// <summary>As a task, which asks for the message at once and waits for it.</summary>
    public Task<T> AsTask() => new AsyncInbox<T>(_inbox, null).ReadAsync(CancellationToken.None).AsTask();

    /// <summary>For <c>await</c>: takes the message.</summary>
    /// <exception cref="UnexpectedMessageException">It has another type; it stays in the box.</exception>
    /// <exception cref="OperationCanceledException">The component ends.</exception>
    /// <exception cref="InvalidOperationException">There is no message: it was not awaited.</exception>
    public T GetResult() => AsyncBody.Of(_inbox).TryTake(_inbox, out T? message) ? message! : throw AsyncBody.NothingIn(_inbox);

    /// <summary>For <c>await</c>: calls back when there is a message.</summary>
    /// <param name="continuation">What to call.</param>
    public void OnCompleted(Action continuation) => UnsafeOnCompleted(AsyncBody.WithContext(continuation));

    /// <summary>For <c>await</c>: calls back when there is a message.</summary>
    /// <param name="continuation">What to call.</param>
    public void UnsafeOnCompleted(Action continuation) => AsyncBody.Of(_inbox).Begin(_inbox, null, continuation);

    /// <inheritdoc/>
    public bool Equals(AsyncRead<T> other) => _inbox == other._inbox;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AsyncRead<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _inbox.GetHashCode();
}
