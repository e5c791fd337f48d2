# Licensed under the Apache License, Version 2.0. See LICENSE.
"""Activating again one that sleeps wakes it; while it is awake it changes nothing."""

from traced import Traced, clock, run, steps


def sleeper(me):
    for step in range(1, 5):
        me.log("step", step)
        me.pause()
        yield 1
    me.log("end")


s1 = Traced("S1", sleeper)
s2 = Traced("S2", sleeper)


def again(me):
    for step in range(1, 13):
        me.log("step", step)
        # In the cycle in which it asks to sleep, and later.
        if step in (1, 3, 4, 6):
            s2.activate()
            s1.activate()
        yield 1
    me.log("end")


run(Traced("clock", clock(12)), s1, s2, Traced("A", again), Traced("B", steps(12)))
