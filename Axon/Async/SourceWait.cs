// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;

namespace Axon;

/// <summary>A wait that is handed out as a <see cref="ValueTask"/>. Once it has been awaited, it goes back to its body and is used again.</summary>
internal abstract class SourceWait : Wait
{
    private AsyncBody? _body;
    private Action<object?>? _continuation;
    private object? _state;
    private ExecutionContext? _context;
    private CancellationToken _cancellation;
    private CancellationTokenRegistration _registration;
    private bool _isAwaited;
    private bool _isOver;
    private Exception? _failure;
    private short _version;

    /// <summary>The next in the list of those that are not in use.</summary>
    public SourceWait? NextSpare;

    private protected AsyncBody Body => _body!;

    private protected virtual bool IsReusable => true;

    /// <summary>Starts a use.</summary>
    /// <returns>The token of that use, for the task that is handed out.</returns>
    public short Begin(AsyncBody body, CancellationToken cancellation)
    {
        if (_body != body)
        {
            _body = body;
        }

        if (cancellation.CanBeCanceled)
        {
            _cancellation = cancellation;
            _registration = cancellation.UnsafeRegister(static component => ((AsyncComponent)component!).Unpause(), body.Component);
        }

        return _version;
    }

    public override bool TryComplete()
    {
        try
        {
            if (_cancellation.IsCancellationRequested)
            {
                _failure = new OperationCanceledException(_cancellation);
            }
            else if (!TryAct())
            {
                return false;
            }
        }
        catch (Exception exception)
        {
            // Whoever awaits gets it.
            _failure = exception;
        }

        _isOver = true;
        return true;
    }

    public override void Cancel()
    {
        _failure = Body.Cancellation();
        _isOver = true;
    }

    public override void Resume()
    {
        if (!_isAwaited)
        {
            return;
        }

        _isAwaited = false;
        if (_context is not { } context)
        {
            _continuation!(_state);
        }
        else
        {
            _context = null;
            ExecutionContext.Run(context, new ContextCallback(_continuation!), _state);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token)
    {
        ThrowUnlessCurrent(token);
        return !_isOver ? ValueTaskSourceStatus.Pending
            : _failure is null ? ValueTaskSourceStatus.Succeeded
            : _failure is OperationCanceledException ? ValueTaskSourceStatus.Canceled
            : ValueTaskSourceStatus.Faulted;
    }

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        // Also says that the caller runs in the component's turn, so that nothing happens beside this.
        _ = Body.Component.Body;
        ThrowUnlessCurrent(token);
        if (_isAwaited)
        {
            throw new InvalidOperationException($"A wait of {Body.Component.Name} is awaited twice at once. Make a task of it with AsTask first.");
        }

        _context = (flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0 ? ExecutionContext.Capture() : null;
        _isAwaited = true;

        // Mostly they are those of the last time, and to compare costs less than to store.
        if (_state != state || _continuation != continuation)
        {
            _continuation = continuation;
            _state = state;
        }

        if (_isOver)
        {
            Body.Post(static wait => ((SourceWait)wait!).Resume(), this);
        }
    }

    /// <summary>What it is for, if that is possible now.</summary>
    private protected abstract bool TryAct();

    /// <summary>Ends the use, and throws what it failed with.</summary>
    private protected void Finish(short token)
    {
        ThrowUnlessCurrent(token);
        if (!_isOver)
        {
            throw new InvalidOperationException($"A wait of {Body.Component.Name} is not over. Await it; to block on it would block everybody.");
        }

        if (_cancellation.CanBeCanceled)
        {
            _registration.Unregister();
            _registration = default;
            _cancellation = default;
        }

        Exception? failure = _failure;
        _failure = null;
        _isOver = false;
        _version++;
        if (IsReusable)
        {
            Body.Return(this);
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private void ThrowUnlessCurrent(short token)
    {
        if (token != _version)
        {
            throw new InvalidOperationException("A wait was used again after it had been awaited. Await it once, or make a task of it with AsTask.");
        }
    }
}
