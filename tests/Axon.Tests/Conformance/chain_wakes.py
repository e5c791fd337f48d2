# Licensed under the Apache License, Version 2.0. See LICENSE.
"""A chain outbox, outbox, inbox, inbox: a message wakes only who owns the last, collecting it only those who own outboxes."""

from traced import Traced, clock, run


def sleeper(me):
    while not me.dataReady("control"):
        me.log("step", me.dataReady("inbox"))
        me.pause()
        yield 1
    me.log("end", me.recv("control"))


def sender(me):
    me.pause()
    yield 1
    me.log("woken, sends")
    me.send("one")
    me.send("two")
    me.pause()
    yield 1
    me.log("woken by collection")
    me.pause()
    yield 1
    me.log("woken by collection, ends")


def final(me):
    me.pause()
    yield 1
    me.log("woken by delivery", me.dataReady())
    yield 1
    yield 1
    me.log("recv", me.recv())
    yield 1
    yield 1
    yield 1
    me.log("recv", me.recv())
    yield 1
    me.log("end")


def director(me):
    me.link((outer, "outbox"), (inner, "inbox"))
    me.link((inner, "inbox"), (last, "inbox"), passthrough=1)
    me.link((source, "outbox"), (outer, "outbox"), passthrough=2)
    yield 1
    yield 1
    yield 1
    source.unpause()
    for _ in range(12):
        yield 1
    for other in (outer, inner):
        linkage = me.link((me, "signal"), (other, "control"))
        me.send("stop", "signal")
        me.unlink(thelinkage=linkage)
    me.log("end")


source, outer, inner, last = (
    Traced("source", sender), Traced("outer", sleeper), Traced("inner", sleeper), Traced("last", final))
run(Traced("clock", clock(20)), Traced("director", director), outer, inner, last, source)
