// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Coyote;

/// <summary>Parks on a monitor, which the engine knows; of a system call it sees nothing. No scenario has a timer.</summary>
internal sealed class MonitorParker : IParker
{
    private readonly object _lock = new();
    private bool _isSet;

    public void Park(TimeSpan timeout)
    {
        lock (_lock)
        {
            if (!_isSet && timeout != TimeSpan.Zero)
            {
                Monitor.Wait(_lock);
            }

            _isSet = false;
        }
    }

    public void Unpark()
    {
        lock (_lock)
        {
            _isSet = true;
            Monitor.Pulse(_lock);
        }
    }
}
