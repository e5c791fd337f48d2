# Licensed under the Apache License, Version 2.0. See LICENSE.
"""One that sleeps and is woken joins at the end of the queue, also when woken in the cycle right after its pause."""

from traced import Traced, clock, run, steps


def sleeper(naps):
    def body(me):
        for step in range(1, naps + 1):
            me.log("step", step, "pauses")
            me.pause()
            yield 1
        me.log("end")

    return body


s1 = Traced("S1", sleeper(3))
s2 = Traced("S2", sleeper(3))
s3 = Traced("S3", sleeper(4))
ended = Traced("ended", steps(1))
never = Traced("never", steps(1))


def waker(plan):
    def body(me):
        for cycle in range(1, 16):
            for other in plan.get(cycle, ()):
                me.log("wakes", other.label)
                other.unpause()
            yield 1
        me.log("end")

    return body


run(
    Traced("clock", clock(16)),
    Traced("E", waker({2: [s1], 5: [s3, s2], 8: [s2, s2, never], 9: [ended], 13: [s3]})),
    s1,
    s2,
    ended,
    s3,
    Traced("L", waker({2: [s3], 6: [s3, s1], 10: [s1, s2], 11: [s1, s2, s3], 14: [ended, never]})),
    Traced("N", steps(15)),
)
