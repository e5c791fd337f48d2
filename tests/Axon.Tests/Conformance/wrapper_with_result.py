# Licensed under the Apache License, Version 2.0. See LICENSE.
"""A wrapper starts a producer and a consumer, waits for one result on an inbox of its own and ends; they go on without their linkages."""

from Axon.Ipc import newComponent
from traced import Traced, clock, run


def producer(me):
    for number in range(1, 10):
        me.log("send", number)
        me.send(number)
        yield 1
    me.log("end")


def consumer(me):
    total = 0
    for step in range(1, 13):
        while me.dataReady():
            number = me.recv()
            total += number
            me.log("recv", number, total)
            if total >= 10:
                me.send(total)
        yield 1
    me.log("end", total)


class Wrapper(Traced):
    Inboxes = {"inbox": "", "control": "", "_result": "what the consumer found"}

    def __init__(self, label, body):
        super().__init__(label, body)
        self.producer = Traced("producer", producer)
        self.consumer = Traced("consumer", consumer)
        self.addChildren(self.producer, self.consumer)
        self.link((self.producer, "outbox"), (self.consumer, "inbox"))
        self.link((self.consumer, "outbox"), (self, "_result"))


def wrapper(me):
    yield newComponent(*me.childComponents())
    while not me.dataReady("_result"):
        me.log("waits", me.anyReady() or "nothing")
        me.pause()
        yield 1
    me.log("result", me.anyReady(), me.recv("_result"))


run(Traced("clock", clock(18)), Wrapper("wrapper", wrapper))
