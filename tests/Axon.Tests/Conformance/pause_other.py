# Licensed under the Apache License, Version 2.0. See LICENSE.
"""Pausing another: once more in this cycle if its slot is still to come, not from the next cycle on."""

from traced import Traced, clock, run, steps


def acts(plan):
    def body(me):
        for cycle in range(1, 13):
            me.log("step", cycle)
            for verb, other in plan.get(cycle, ()):
                me.log(verb, other.label)
                if verb == "pauses":
                    other.pause()
                else:
                    other.unpause()
            yield 1
        me.log("end")

    return body


b = Traced("B", steps(9))
c = Traced("C", steps(9))
ended = Traced("ended", steps(0))
never = Traced("never", steps(1))

run(
    Traced("clock", clock(13)),
    Traced("A", acts({
        2: [("pauses", c)],
        3: [("pauses", ended), ("pauses", never)],
        5: [("wakes", c), ("wakes", b)],
        7: [("pauses", c)],
        8: [("wakes", b)],
        9: [("pauses", b), ("pauses", c)],
        11: [("wakes", b), ("wakes", c)],
    })),
    b,
    ended,
    c,
    Traced("D", acts({2: [("pauses", b)], 7: [("wakes", c)], 8: [("pauses", b)], 9: [("pauses", b)]})),
)
