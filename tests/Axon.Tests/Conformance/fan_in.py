# Licensed under the Apache License, Version 2.0. See LICENSE.
"""Collecting wakes all who feed the inbox, in the order of linking; one that was linked anew comes last, one that was cut off sleeps."""

from traced import Traced, clock, run


def sleeper(me):
    step = 0
    while not me.dataReady("control"):
        step += 1
        me.log("step", step)
        me.pause()
        yield 1
    me.log("end", me.recv("control"))


def collector(me):
    def link(other):
        return me.link((other, "outbox"), (me, "inbox"))

    linkages = {each: link(each) for each in (d, b, e, a, c)}
    me._deliver("first")
    for number in range(2, 12):
        me._deliver(number)
    yield 1
    yield 1
    yield 1
    me.log("recv", me.recv())
    yield 1
    yield 1
    me.log("recv two", me.recv(), me.recv())
    yield 1
    yield 1
    me.log("links B anew")
    me.unlink(thelinkage=linkages[b])
    linkages[b] = link(b)
    me.log("recv", me.recv())
    yield 1
    yield 1
    me.log("cuts D off")
    me.unlink(thelinkage=linkages[d])
    me.log("recv", me.recv())
    yield 1
    yield 1
    me.log("recv, links D, recv", me.recv())
    link(d)
    me.log("recv", me.recv())
    yield 1
    yield 1
    me.log("cuts A and C off, links C")
    me.unlink(thecomponent=a)
    me.unlink(thecomponent=c)
    link(c)
    me.log("recv", me.recv())
    yield 1
    yield 1
    me.log("ends them all")
    for other in (a, b, c, d, e):
        linkage = me.link((me, "signal"), (other, "control"))
        me.send("stop", "signal")
        me.unlink(thelinkage=linkage)
    me.log("end")


a, b, c, d, e = (Traced(label, sleeper) for label in "ABCDE")
run(Traced("clock", clock(20)), a, b, c, Traced("collector", collector), d, e)
