// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>A signal for every system.</summary>
internal sealed class MonitorSignal : Signal
{
    private readonly object _lock = new();
    private bool _isSet;

    public override void Set()
    {
        lock (_lock)
        {
            _isSet = true;
            Monitor.Pulse(_lock);
        }
    }

    public override void Wait(int milliseconds)
    {
        lock (_lock)
        {
            if (!_isSet)
            {
                Monitor.Wait(_lock, milliseconds);
            }

            _isSet = false;
        }
    }
}
