# Licensed under the Apache License, Version 2.0. See LICENSE.
"""A wrapper of three in a row: its inbox leads into the first, the last leads out of its outbox; likewise control and signal."""

from Axon.Ipc import producerFinished
from traced import Traced, clock, run


def source(me):
    for number in range(1, 5):
        me.log("send", number)
        me.send(number)
        yield 1
    me.log("end")
    me.send(producerFinished(me), "signal")


def stage(amount):
    def body(me):
        while True:
            while me.dataReady("inbox"):
                number = me.recv("inbox")
                me.log("recv", number)
                me.send(number * 10 + amount)
            if me.dataReady("control"):
                message = me.recv("control")
                me.log("control", isinstance(message, producerFinished) and message.caller.label)
                me.send(message, "signal")
                return
            me.pause()
            yield 1

    return body


def sink(me):
    while not me.dataReady("control"):
        me.log("step")
        me.receive_all()
        me.pause()
        yield 1
    me.receive_all()
    me.log("end", me.recv("control").caller.label)


def wrapper(me):
    stages = [Traced("stage%d" % n, stage(n)) for n in (1, 2, 3)]
    me.addChildren(*stages)
    me.link((me, "inbox"), (stages[0], "inbox"), passthrough=1)
    me.link((me, "control"), (stages[0], "control"), passthrough=1)
    for first, second in zip(stages, stages[1:]):
        me.link((first, "outbox"), (second, "inbox"))
        me.link((first, "signal"), (second, "control"))
    me.link((stages[2], "outbox"), (me, "outbox"), passthrough=2)
    me.link((stages[2], "signal"), (me, "signal"), passthrough=2)
    for each in stages:
        each.activate()
    while not all(each._isStopped() for each in stages):
        me.log("step", me.dataReady("inbox"))
        me.pause()
        yield 1
    me.log("end")


src, wrap, snk = Traced("source", source), Traced("wrapper", wrapper), Traced("sink", sink)
src.link((src, "outbox"), (wrap, "inbox"))
src.link((src, "signal"), (wrap, "control"))
snk.link((wrap, "outbox"), (snk, "inbox"))
snk.link((wrap, "signal"), (snk, "control"))
run(Traced("clock", clock(24)), snk, wrap, src)
