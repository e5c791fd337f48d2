// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Tasks.Sources;

namespace Axon;

/// <summary>Waits for the next step of the component, whatever brings it about; says whether its time is up then.</summary>
internal sealed class StepWait : SourceWait, IValueTaskSource, IValueTaskSource<bool>
{
    private bool _timedOut;

    public StepWait Set(bool keepsAwake, long due)
    {
        KeepsAwake = keepsAwake;
        Due = due;
        return this;
    }

    public bool GetResult(short token)
    {
        Finish(token);
        return _timedOut;
    }

    void IValueTaskSource.GetResult(short token) => Finish(token);

    private protected override bool TryAct()
    {
        _timedOut = Due != long.MaxValue && Body.IsDue(Due);
        return true;
    }
}

/// <summary>Waits until its time is up.</summary>
internal sealed class SleepWait : SourceWait, IValueTaskSource
{
    public void GetResult(short token) => Finish(token);

    private protected override bool TryAct() => Body.IsDue(Due);
}
