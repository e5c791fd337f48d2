// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Ipc.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>Yielded to the scheduler: run this body to its end in my place, then carry on after this yield (a detour).</summary>
/// <remarks>
/// <para>The body takes its first step in the next cycle; the yielder goes on one cycle after the body's end. The body may pause, receive
/// through the same component, and yield a <see cref="WaitComplete"/> of its own, to any depth.</para>
/// <para>Source: Axon/Ipc.py, <c>WaitComplete</c>.</para>
/// </remarks>
public sealed class WaitComplete : Ipc
{
    /// <summary>Makes the request.</summary>
    /// <param name="body">A body that nobody has stepped yet: call the iterator method, do not enumerate it.</param>
    /// <param name="tag">Names the detour in traces, as <c>parent/tag</c>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is null.</exception>
    public WaitComplete(IEnumerator<Yield> body, string tag = "")
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(tag);
        Body = body;
        Tag = tag;
    }

    /// <summary>The body to run.</summary>
    public IEnumerator<Yield> Body { get; }

    /// <summary>The name of the detour, or an empty string.</summary>
    public string Tag { get; }
}
