# Licensed under the Apache License, Version 2.0. See LICENSE.
"""Bodies of different lengths, one of none; what is yielded does not matter."""

from traced import Traced, run, steps


def various(me):
    for value in (1, 0, None, 7):
        me.log("yield", value)
        yield value
    me.log("end")


run(
    Traced("A", steps(3)),
    Traced("B", steps(1)),
    Traced("C", steps(6)),
    Traced("D", steps(0)),
    Traced("E", various),
    Traced("F", steps(2)),
    Traced("G", steps(5)),
)
