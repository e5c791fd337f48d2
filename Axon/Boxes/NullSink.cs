// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/Box.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>An outbox: drops what is put into it unless it is linked, and is told when its messages are collected.</summary>
/// <remarks>Source: Axon/Box.py, <c>nullsink</c>.</remarks>
internal sealed class NullSink(Component owner, string name) : Postbox(owner, name)
{
    internal override string Kind => "outbox";

    internal override void WakeAsFeeder() => Owner.RequestWakeForCollection();
}
