# Licensed under the Apache License, Version 2.0. See LICENSE.
"""The end of a child wakes its parent, however it sleeps; one that was let go does not."""

from traced import Traced, clock, run, steps


def parent(count):
    def body(me):
        while sum(child._isStopped() for child in me.childComponents()) < count:
            me.log("step", *[child.label for child in me.childComponents() if child._isStopped()])
            me.pause()
            yield 1
        me.log("end", *[child.label for child in me.childComponents()])

    return body


def grandparent(me):
    me.addChildren(middle, d)
    while not middle._isStopped():
        me.log("step", d._isStopped())
        me.pause()
        yield 1
    me.log("lets D go")
    me.removeChild(d)
    me.addChildren(e)
    me.pause()
    yield 1
    me.log("end", d._isStopped(), e._isStopped())


def sleepy(me):
    me.log("pauses")
    me.pause()
    yield 1
    me.log("woken, ends")


a, b, c, d, e = (Traced(label, steps(n)) for label, n in (("A", 2), ("B", 2), ("C", 5), ("D", 8), ("E", 10)))
middle = Traced("middle", parent(3))
middle.addChildren(a, b, c)
second = Traced("second parent of A", parent(2))
f = Traced("F", sleepy)
second.addChildren(a, f)


def waker(me):
    for _ in range(7):
        yield 1
    me.log("wakes F")
    f.unpause()


run(
    Traced("clock", clock(14)),
    second, middle, a, Traced("grandparent", grandparent), b, c, d, e, f, Traced("waker", waker),
)
