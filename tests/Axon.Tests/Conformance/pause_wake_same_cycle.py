# Licensed under the Apache License, Version 2.0. See LICENSE.
"""Pause and wake asked in the same cycle, in both orders and by several: it stays awake and keeps its place."""

from traced import Traced, clock, run, steps


def p(me):
    me.log("step", 1, "pauses, woken later in the cycle")
    me.pause()
    yield 1
    me.log("step", 2, "awake")
    yield 1
    me.log("step", 3, "woken earlier in the cycle, pauses")
    me.pause()
    yield 1
    me.log("step", 4, "pauses and wakes itself")
    me.pause()
    me.unpause()
    yield 1
    me.log("step", 5, "wakes and pauses itself")
    me.unpause()
    me.pause()
    yield 1
    me.log("step", 6, "pauses for long")
    me.pause()
    yield 1
    me.log("step", 7, "pauses twice, woken before and after")
    me.pause()
    me.pause()
    yield 1
    me.log("step", 8, "pauses and ends")
    me.pause()


process = Traced("P", p)


def early(me):
    for cycle in range(1, 13):
        if cycle in (3, 10):
            me.log("wakes P")
            process.unpause()
        yield 1


def late(me):
    for cycle in range(1, 13):
        if cycle in (1, 9, 10):
            me.log("wakes P")
            process.unpause()
        yield 1


run(
    Traced("clock", clock(13)),
    Traced("E", early),
    process,
    Traced("L", late),
    Traced("N", steps(12)),
)
