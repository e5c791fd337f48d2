// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>Waits for a message, which the code that goes on takes itself.</summary>
internal sealed class ReaderWait(AsyncBody body) : Wait
{
    private RealSink? _inbox;
    private RealSink? _until;
    private Action? _continuation;

    /// <summary>The next in the list of those that are not in use.</summary>
    public ReaderWait? NextSpare;

    public bool IsInUse { get; private set; }

    // Mostly everything is as it was the last time, and to compare costs less than to store.
    public void Begin(RealSink inbox, RealSink? until, Action continuation)
    {
        IsInUse = true;
        if (_inbox != inbox)
        {
            _inbox = inbox;
            Claim = inbox;
        }

        if (_until != until)
        {
            _until = until;
        }

        if (!ReferenceEquals(_continuation, continuation))
        {
            _continuation = continuation;
        }
    }

    public override bool TryComplete() => _inbox!.Count > 0 || _until is { Count: > 0 };

    public override void Cancel() => body.CancelReader();

    public override void Resume()
    {
        IsInUse = false;
        body.Return(this);
        _continuation!();
    }
}
