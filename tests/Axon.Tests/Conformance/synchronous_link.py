# Licensed under the Apache License, Version 2.0. See LICENSE.
"""Pipe width 1: the producer is refused, sleeps, and tries again when the consumer has collected."""

from traced import Traced, clock, run


def producer(me):
    for number in range(1, 11):
        while not me.try_send(number):
            me.log("full", number)
            me.pause()
            yield 1
        me.log("send", number)
        if number % 3 == 0:
            yield 1
    me.log("end")


def consumer(me):
    count = 0
    while count < 10:
        if me.dataReady():
            me.log("recv", me.recv())
            count += 1
            yield 1
            if count % 4 == 0:
                yield 1
        else:
            me.log("empty")
            me.pause()
            yield 1
    me.log("end")


def parent(me):
    children = [Traced("producer", producer), Traced("consumer", consumer)]
    me.addChildren(*children)
    me.link((children[0], "outbox"), (children[1], "inbox"), pipewidth=1)
    for child in children:
        child.activate()
    while not all(child._isStopped() for child in children):
        me.log("step", *[child.label for child in children if child._isStopped()])
        me.pause()
        yield 1
    me.log("end")


run(Traced("clock", clock(40)), Traced("parent", parent))
