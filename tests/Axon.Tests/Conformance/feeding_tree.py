# Licensed under the Apache License, Version 2.0. See LICENSE.
"""Feeders over several hops, linked at different times: collecting wakes them in the order in which their ways to the inbox were completed."""

from traced import Traced, clock, run


def sleeper(me):
    while not me.dataReady("control"):
        me.log("step")
        me.pause()
        yield 1
    me.log("end", me.recv("control"))


def collector(me):
    def recv():
        me._deliver("message")
        me.log("recv", me.recv())

    me.link((p, "outbox"), (me, "inbox"))
    me.link((x, "outbox"), (me, "inbox"))
    me.link((a, "outbox"), (p, "outbox"), passthrough=2)
    yield 1
    yield 1
    yield 1
    recv()
    yield 1
    yield 1
    me.link((c, "outbox"), (b, "outbox"), passthrough=2)
    me.link((y, "outbox"), (q, "inbox"))
    late = me.link((b, "outbox"), (a, "outbox"), passthrough=2)
    recv()
    yield 1
    yield 1
    me.link((q, "inbox"), (me, "inbox"), passthrough=1)
    me.link((z, "outbox"), (q, "inbox"))
    recv()
    yield 1
    yield 1
    me.unlink(thelinkage=late)
    recv()
    yield 1
    yield 1
    late = me.link((b, "outbox"), (a, "outbox"), passthrough=2)
    recv()
    yield 1
    yield 1
    for other in everybody:
        linkage = me.link((me, "signal"), (other, "control"))
        me.send("stop", "signal")
        me.unlink(thelinkage=linkage)
    me.log("end")


everybody = a, b, c, p, q, x, y, z = [Traced(label, sleeper) for label in "ABCPQXYZ"]
run(Traced("clock", clock(18)), Traced("collector", collector), *everybody)
