# Licensed under the Apache License, Version 2.0. See LICENSE.
"""WaitComplete by the last in the queue: each hand-over takes a cycle; detours nest, may be empty, and receive like the component."""

from Axon.Ipc import WaitComplete
from traced import Traced, clock, run, steps


def d(me):
    def inner():
        me.log("inner", 1)
        yield 1
        me.receive_all()
        me.log("inner", 2)

    def detour():
        me.log("detour", 1)
        yield 1
        me.receive_all()
        me.log("detour", 2)
        yield WaitComplete(inner())
        me.log("detour", 3)
        yield 1
        me.log("detour end")

    def empty():
        me.log("empty")
        return
        yield

    me.log("step", 1)
    yield 1
    me.log("step", 2)
    yield WaitComplete(detour())
    me.log("step", 3)
    me.receive_all()
    yield WaitComplete(empty())
    me.log("step", 4)
    me.pause()
    yield WaitComplete(empty(), tag="paused")
    me.log("step", 5)
    yield 1
    me.receive_all()
    me.log("end")


def sender(me):
    me.link((me, "outbox"), (last, "inbox"))
    for number in range(1, 16):
        me.log("send", number)
        me.send(number)
        yield 1
    me.log("end")


last = Traced("D", d)
run(Traced("clock", clock(17)), Traced("sender", sender), Traced("N", steps(16)), last)
