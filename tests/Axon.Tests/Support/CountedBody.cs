// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Collections;

namespace Axon.Tests;

/// <summary>A body that counts how often it is disposed.</summary>
internal sealed class CountedBody(IEnumerator<Yield> inner, Action? disposed = null) : IEnumerator<Yield>
{
    public int Disposals { get; private set; }

    public Yield Current => inner.Current;

    object IEnumerator.Current => Current;

    public bool MoveNext() => inner.MoveNext();

    public void Reset() => throw new NotSupportedException();

    public void Dispose()
    {
        Disposals++;
        inner.Dispose();
        disposed?.Invoke();
    }
}
