// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>An inbox of an <see cref="AsyncComponent"/>, to be read with <c>await</c>.</summary>
/// <remarks>
/// <para><c>await Inbox().ReadAsync()</c> takes one message; <c>await foreach (object? message in Inbox())</c> takes one after the other
/// and does not end by itself, see <see cref="Until"/>; <c>foreach</c> takes what is there and does not wait.</para>
/// <para>Several readers of one inbox get their messages in the order in which they asked. One that asked and forgot still gets its
/// message: to wait for several inboxes at once use <see cref="AsyncComponent.AnyReadyAsync"/> or <see cref="ReadyAsync"/>, which take
/// nothing.</para>
/// <para>Threads: the component's own thread only.</para>
/// </remarks>
/// <typeparam name="T">What its messages must be.</typeparam>
public readonly struct AsyncInbox<T> : IAsyncEnumerable<T>, IEquatable<AsyncInbox<T>>
{
    private readonly RealSink _inbox;
    private readonly RealSink? _until;

    internal AsyncInbox(RealSink inbox, RealSink? until)
    {
        _inbox = inbox;
        _until = until;
    }

    /// <summary>Whether two values are the same inbox, read in the same way.</summary>
    public static bool operator ==(AsyncInbox<T> left, AsyncInbox<T> right) => left.Equals(right);

    /// <summary>Whether two values differ.</summary>
    public static bool operator !=(AsyncInbox<T> left, AsyncInbox<T> right) => !left.Equals(right);

    /// <summary>The same inbox, whose <c>await foreach</c> ends when it is empty and a message waits in another one.</summary>
    /// <param name="control">The other inbox. Its message is left there.</param>
    /// <remarks>So a component finishes what it has before it obeys: <c>await foreach (object? message in Inbox().Until("control"))</c>.</remarks>
    /// <exception cref="KeyNotFoundException">There is no such inbox.</exception>
    public AsyncInbox<T> Until(string control) => new(_inbox, (RealSink)_inbox.Owner.GetInbox(control));

    /// <summary>Awaited, takes the oldest message, when there is one.</summary>
    public AsyncRead<T> ReadAsync() => new(_inbox);

    /// <summary>Takes the oldest message, when there is one.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="UnexpectedMessageException">It has another type; it stays in the box.</exception>
    public ValueTask<T> ReadAsync(CancellationToken cancellationToken)
    {
        AsyncBody body = AsyncBody.Of(_inbox);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        if (!body.IsClaimed(_inbox) && Component.TryTake(_inbox, out T? message))
        {
            return new ValueTask<T>(message!);
        }

        ReadWait<T> wait = body.Rent<ReadWait<T>>();
        wait.Claim = _inbox;
        return new ValueTask<T>(wait, body.Begin(wait, cancellationToken));
    }

    /// <summary>Waits until a message is there, and takes none.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <remarks>Another reader may take it before whoever waits here goes on: look with <c>TryRecv</c>.</remarks>
    public ValueTask ReadyAsync(CancellationToken cancellationToken = default)
    {
        AsyncBody body = AsyncBody.Of(_inbox);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        if (_inbox.Count > 0)
        {
            return ValueTask.CompletedTask;
        }

        ReadyWait wait = body.Rent<ReadyWait>();
        wait.Inbox = _inbox;
        return new ValueTask(wait, body.Begin(wait, cancellationToken));
    }

    /// <summary>Takes the messages that are there, also what arrives meanwhile.</summary>
    /// <exception cref="UnexpectedMessageException">The next one has another type; it stays in the box.</exception>
    public IEnumerator<T> GetEnumerator()
    {
        while (Component.TryTake(_inbox, out T? message))
        {
            yield return message!;
        }
    }

    /// <summary>Takes one message after the other, and waits where there is none.</summary>
    /// <remarks>Cost: one object a loop.</remarks>
    public AsyncReader<T> GetAsyncEnumerator() => new(_inbox, _until);

    IAsyncEnumerator<T> IAsyncEnumerable<T>.GetAsyncEnumerator(CancellationToken cancellationToken) =>
        new ReadEachWait<T>(_inbox, _until, cancellationToken);

    /// <inheritdoc/>
    public bool Equals(AsyncInbox<T> other) => _inbox == other._inbox && _until == other._until;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AsyncInbox<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_inbox, _until);
}
