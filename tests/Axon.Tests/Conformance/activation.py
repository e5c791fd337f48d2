# Licensed under the Apache License, Version 2.0. See LICENSE.
"""Activation in mid-cycle: by call, by newComponent, twice, with a message before the first step, by one that ends in that step."""

from Axon.Ipc import newComponent
from traced import Traced, clock, run, steps


def activates_in_first_step(me):
    me.log("step", 1)
    Traced("W", steps(2)).activate()
    me.log("step", 1, "goes on")
    yield 1
    me.log("step", 2)
    yield 1
    me.log("end")


def receiver(me):
    for step in range(3):
        me.log("step", step)
        me.receive_all()
        yield 1
    me.log("end")


def a(me):
    me.log("step", 1)
    x = Traced("X", activates_in_first_step)
    x.activate()
    yield 1
    me.log("step", 2)
    x.activate()
    v = Traced("V", receiver)
    me.link((me, "outbox"), (v, "inbox"))
    me.send("before activation")
    v.activate()
    me.send("after activation")
    yield 1
    me.log("step", 3)
    me.send("in the cycle of its first step")
    t = Traced("T", steps(2))
    t.pause()
    t.activate()
    t.pause()
    yield 1
    me.log("step", 4)
    yield 1
    me.log("end")


def b(me):
    me.log("step", 1)
    yield newComponent(Traced("Y", steps(2)), Traced("Z", steps(1)))
    me.log("step", 2)
    yield newComponent()
    me.log("step", 3)
    yield newComponent(Traced("Q", steps(0)))
    me.log("end")


def c(me):
    me.log("step", 1)
    yield 1
    me.log("end")
    Traced("U", steps(2)).activate()


run(Traced("clock", clock(8)), Traced("A", a), Traced("B", b), Traced("C", c))
