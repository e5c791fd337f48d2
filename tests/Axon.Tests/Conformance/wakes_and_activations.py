# Licensed under the Apache License, Version 2.0. See LICENSE.
"""Wakes, wakes by messages and activations of one cycle join the queue in the order in which they were asked."""

from Axon.Ipc import newComponent
from traced import Traced, clock, run, steps


def sleeper(me):
    me.log("pauses")
    me.pause()
    yield 1
    me.log("woken")
    me.receive_all()
    yield 1
    me.log("end")


s1, s2, s3, s4, s5 = (Traced("S%d" % n, sleeper) for n in range(1, 6))


def a(me):
    yield 1
    yield 1
    yield 1
    s2.unpause()
    Traced("N1", steps(2)).activate()
    s1.unpause()
    me.log("asked")
    yield newComponent(Traced("N2", steps(1)))


def b(me):
    me.link((me, "outbox"), (s4, "inbox"))
    me.link((me, "signal"), (s3, "control"))
    yield 1
    yield 1
    yield 1
    me.send("hello")
    me.log("asked")
    yield newComponent(Traced("N3", steps(2)), Traced("N4", steps(0)))


def c(me):
    yield 1
    yield 1
    yield 1
    s2.unpause()
    s5.unpause()
    Traced("N5", steps(2)).activate()
    s3.unpause()
    s4.unpause()
    me.log("asked")
    yield 1
    me.log("end")


run(
    Traced("clock", clock(8)),
    s1, Traced("A", a), s2, s3, Traced("B", b), s4, Traced("C", c), s5,
)
