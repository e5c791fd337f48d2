// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.TestKit;

/// <summary>What a <see cref="Trace"/> records.</summary>
[Flags]
public enum TraceKinds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A microprocess was accepted: <c>activate A</c>.</summary>
    Activate = 1,

    /// <summary>A step begins: <c>step A</c>.</summary>
    Step = 2,

    /// <summary>A message was sent, dropped or refused: <c>send A.outbox -> B.inbox: 1</c>.</summary>
    Send = 4,

    /// <summary>A message was taken: <c>receive B.inbox: 1</c>.</summary>
    Receive = 8,

    /// <summary>Somebody fell asleep: <c>pause A</c>.</summary>
    Pause = 16,

    /// <summary>Somebody woke up: <c>wake A</c>.</summary>
    Wake = 32,

    /// <summary>A linkage was made or removed: <c>link A.outbox -> B.inbox</c>.</summary>
    Link = 64,

    /// <summary>Somebody ended: <c>end A</c>.</summary>
    End = 128,

    /// <summary>What the test says itself with <see cref="Trace.Note"/>.</summary>
    Note = 256,

    /// <summary>Who runs when: steps, sleep and the two ends of life.</summary>
    Scheduling = Activate | Step | Pause | Wake | End | Note,

    /// <summary>Everything.</summary>
    All = Scheduling | Send | Receive | Link,
}
