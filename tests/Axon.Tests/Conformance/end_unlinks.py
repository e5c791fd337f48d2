# Licensed under the Apache License, Version 2.0. See LICENSE.
"""A component that ends takes along the linkages that it made, and no others; what was delivered stays."""

from traced import Traced, clock, run


def producer(me):
    for number in range(1, 9):
        me.log("send", number)
        me.send(number)
        me.send(-number, "signal")
        yield 1
    me.log("end")


def consumer(me):
    for step in range(1, 11):
        if step in (4, 6, 10):
            me.receive_all("inbox")
            me.receive_all("control")
        yield 1
    me.log("end")


def maker(me):
    me.link((source, "outbox"), (sink, "inbox"))
    me.log("links")
    yield 1
    yield 1
    yield 1
    me.log("end")


def sleeper(me):
    me.pause()
    yield 1
    me.log("woken, ends")


def sends_to_the_dead(me):
    me.link((me, "outbox"), (short, "inbox"))
    for step in range(1, 13):
        if step == 11:
            sleeps.unpause()
        if step % 3 == 0:
            me.log("send", step)
            me.send(step)
        yield 1
    me.log("end")


def waits_once(me):
    me.pause()
    yield 1
    me.log("woken")
    me.receive_all()


source, sink, short = Traced("source", producer), Traced("sink", consumer), Traced("short", waits_once)
sleeps = Traced("sleeper", sleeper)
sink.link((source, "signal"), (sink, "control"))
# Not woken by the sink once its maker has ended.
short.link((sleeps, "outbox"), (sink, "inbox"))
run(
    Traced("clock", clock(16)),
    source, sleeps, sink, Traced("maker", maker), short, Traced("other", sends_to_the_dead),
)
