// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Chassis/ConnectedServer.py. Copyright BBC and Kamaelia Contributors.

using Axon;
using Kamaelia.Internet;

namespace Kamaelia.Chassis;

/// <content>Stopping: at once, or when the handlers have finished.</content>
public partial class ServerCore
{
    // See NoteClosed.
    private const int PassesBeforeGoodbye = 2;

    // What is passed on at the end.
    private ShutdownMicroprocess? _order;

    // The pass in which a stop is carried out.
    private long? _lastPass;

    // The handlers were asked to finish; until when, in the scheduler's time, or null for however long it takes.
    private bool _draining;
    private TimeSpan? _deadline;

    // The TcpServer was told to stop listening: it is told once.
    private bool _listenerIsTold;

    /// <summary>
    /// Tells every handler that its connection is gone, every adapter to close, and the <see cref="TcpServer"/> to stop listening; then passes
    /// the order on.
    /// </summary>
    /// <remarks>Here and not in <see cref="Microprocess.Stop"/>, which other threads may call. It does so however the server ended.</remarks>
    // PORT: differs. Python sends ServerShutdown twice, and passes nothing on.
    protected internal override Ipc? CloseDown()
    {
        try
        {
            TellEverybody();
        }
        finally
        {
            base.CloseDown();
        }

        return null;
    }

    private void TellEverybody()
    {
        while (_closed.TryDequeue(out var closed))
        {
            HandleClosedCsa(closed.Message);
        }

        CloseReason reason = new(CloseKind.Stopped);
        foreach (Connection connection in OpenConnections())
        {
            HandleClosedCsa(new ShutdownCsa(this, connection.Csa, reason));
        }

        // Who was accepted and not looked at yet is turned away.
        while (TryRecv(out object? message, "_socketactivity"))
        {
            if (message is NewCsa newCsa)
            {
                Refuse(newCsa.Object);
            }
        }

        StopListening();
        TrySend(_order ?? new ShutdownMicroprocess(), "signal");
    }

    private void ReadControl()
    {
        while (TryRecv(out object? message, "control"))
        {
            if (message is ShutdownMicroprocess order)
            {
                Obey(order);
            }
            else
            {
                DroppedMessages++;
            }
        }
    }

    private void Obey(ShutdownMicroprocess order)
    {
        if (_lastPass is not null)
        {
            // The end is two passes away whatever else is said.
            return;
        }

        _order = order;
        if (order is ServerShutdown { Drain: { } time } && (time > TimeSpan.Zero || time == Timeout.InfiniteTimeSpan))
        {
            Drain(time);
        }
        else
        {
            StopSoon();
        }
    }

    // In order of their opening.
    private IEnumerable<Connection> OpenConnections()
    {
        foreach (Component child in ChildComponents())
        {
            if (ConnectionOf(child) is { } connection && connection.Csa == child)
            {
                yield return connection;
            }
        }
    }

    /// <summary>Stops listening, and lets those who are connected finish.</summary>
    private void Drain(TimeSpan time)
    {
        if (time != Timeout.InfiniteTimeSpan)
        {
            // Of two orders the stricter one counts.
            TimeSpan deadline = Scheduler!.Time + time;
            _deadline = _deadline < deadline ? _deadline : deadline;
        }

        if (!_draining)
        {
            _draining = true;
            StopListening();
            foreach (Connection connection in OpenConnections())
            {
                AskToFinish(connection);
            }
        }
    }

    private void AskToFinish(Connection connection)
    {
        if (!connection.IsClosed)
        {
            TrySend(new ProducerFinished(this), WireToHandler(connection));
        }
    }

    /// <summary>Lets no more data through to the handlers, and stops when they have seen what there was.</summary>
    private void StopSoon()
    {
        _lastPass = ConnectionCount == 0 ? _pass : _pass + PassesBeforeGoodbye;
        foreach (Connection connection in OpenConnections())
        {
            Unlink(connection.Data!);
        }
    }

    private bool IsToEnd()
    {
        if (_draining && _lastPass is null)
        {
            if (ConnectionCount == 0 && _server!.IsStopped)
            {
                return true;
            }

            if (_deadline <= Scheduler!.Time)
            {
                StopSoon();
            }
        }

        return _lastPass <= _pass;
    }

    private Yield Rest()
    {
        if (_closed.Count > 0 || _lastPass is not null)
        {
            return 1;
        }

        return _deadline is { } deadline ? Pause(deadline - Scheduler!.Time) : Pause();
    }

    private void StopListening()
    {
        if (!_listenerIsTold && _server is not null)
        {
            _listenerIsTold = true;
            TrySend(new ServerShutdown(), "_serversignal");
        }
    }

    private void OnListenerEnded()
    {
        RemoveChild(_server!);
        if (!_listenerIsTold && _lastPass is null)
        {
            // A server without its listener is of no use to anybody: it must not stay as if it were.
            ServerLog.ListenerEnded(Scheduler!.Logger, Name, _server!.Name);
            _order = new ShutdownMicroprocess();
            StopSoon();
        }
    }
}
