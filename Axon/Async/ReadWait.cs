// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Tasks.Sources;

namespace Axon;

/// <summary>Waits for a message, and takes it.</summary>
internal sealed class ReadWait<T> : SourceWait, IValueTaskSource<T>
{
    private T? _message;

    public T GetResult(short token)
    {
        Finish(token);
        T message = _message!;
        _message = default;
        return message;
    }

    private protected override bool TryAct() => Component.TryTake(Claim!, out _message);
}
