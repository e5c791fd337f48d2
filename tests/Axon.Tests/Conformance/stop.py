# Licensed under the Apache License, Version 2.0. See LICENSE.
"""Stopping oneself and others: at most the code up to the next yield still runs; the others keep their places."""

from traced import Traced, clock, run, steps


def stops_itself(me):
    me.log("step", 1)
    yield 1
    me.log("step", 2)
    me.stop()
    me.log("stopped", me._isStopped())
    yield 1
    me.log("never")


def endless(me):
    step = 0
    while True:
        step += 1
        me.log("step", step)
        me.receive_all()
        yield 1


a, b, c = Traced("A", endless), Traced("B", endless), Traced("C", endless)


def stopper(me):
    me.link((me, "outbox"), (c, "inbox"))
    yield 1
    yield 1
    me.log("stops A and B")
    a.stop()
    b.stop()
    me.log("stopped", a._isStopped(), b._isStopped(), c._isStopped())
    fresh = Traced("fresh", endless)
    fresh.activate()
    fresh.stop()
    yield 1
    a.unpause()
    b.pause()
    yield 1
    yield 1
    me.send("last")
    c.stop()
    me.log("end")


run(
    Traced("clock", clock(12)),
    a, Traced("self", stops_itself), Traced("stopper", stopper), b, Traced("N", steps(8)), c,
)
