# Licensed under the Apache License, Version 2.0. See LICENSE.
"""Linking an inbox that holds messages moves them, and wakes who fed it and who gets them; unlinking gives it its own store back."""

from traced import Traced, clock, run


def feeder(me):
    for number in range(1, 4):
        me.send("%s%d" % (me.label, number))
    while not me.dataReady("control"):
        me.log("step")
        me.pause()
        yield 1
    me.log("end", me.recv("control"))


def receiver(me):
    while not me.dataReady("control"):
        me.log("step", me.dataReady())
        if me.dataReady("inbox"):
            yield 1
            yield 1
        me.receive_all()
        me.pause()
        yield 1
    me.receive_all()
    me.log("end", me.recv("control"))


def holder(me):
    me.pause()
    yield 1
    while not me.dataReady("control"):
        me.log("step", me.dataReady())
        me.pause()
        yield 1
    me.receive_all()
    me.log("end", me.recv("control"))


def director(me):
    yield 1
    yield 1
    yield 1
    yield 1
    me.log("links")
    linkage = me.link((h, "inbox"), (r, "inbox"), passthrough=1)
    yield 1
    yield 1
    yield 1
    yield 1
    yield 1
    me.log("sends through")
    probe = me.link((me, "outbox"), (h, "inbox"))
    me.send("through")
    yield 1
    yield 1
    yield 1
    yield 1
    me.log("cuts")
    me.unlink(thelinkage=linkage)
    me.send("kept")
    yield 1
    yield 1
    yield 1
    yield 1
    for other in (a, b, h, r):
        linkage = me.link((me, "signal"), (other, "control"))
        me.send("stop", "signal")
        me.unlink(thelinkage=linkage)
    me.log("end")


a, b, h, r = Traced("A", feeder), Traced("B", feeder), Traced("H", holder), Traced("R", receiver)
h.link((b, "outbox"), (h, "inbox"))
h.link((a, "outbox"), (h, "inbox"))
run(Traced("clock", clock(24)), a, b, h, r, Traced("director", director))
