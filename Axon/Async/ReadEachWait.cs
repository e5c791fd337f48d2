// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Tasks.Sources;

namespace Axon;

/// <summary>Waits for one message after the other, for whoever asks for the interface: <c>WithCancellation</c>, LINQ.</summary>
internal sealed class ReadEachWait<T>(RealSink inbox, RealSink? until, CancellationToken cancellation)
    : SourceWait, IAsyncEnumerator<T>, IValueTaskSource<bool>
{
    private T? _current;
    private bool _found;

    public T Current => _current!;

    private protected override bool IsReusable => false;

    public ValueTask<bool> MoveNextAsync()
    {
        AsyncBody body = AsyncBody.Of(inbox);
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellation);
        }

        if (!body.IsClaimed(inbox) && TryAct())
        {
            return new ValueTask<bool>(_found);
        }

        Claim = inbox;
        return new ValueTask<bool>(this, body.Begin(this, cancellation));
    }

    public bool GetResult(short token)
    {
        Finish(token);
        return _found;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private protected override bool TryAct()
    {
        _found = Component.TryTake(inbox, out _current);
        return _found || until is { Count: > 0 };
    }
}
