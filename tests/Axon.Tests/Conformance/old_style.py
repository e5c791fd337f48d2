# Licensed under the Apache License, Version 2.0. See LICENSE.
"""The body of three methods: when each is called, and that what they return counts."""

from Axon.Component import component
from Axon.Ipc import newComponent
from traced import Traced, clock, run, steps


class OldStyle(component):
    def __init__(self, label, first, turns):
        super().__init__()
        self.label = label
        self.first = first
        self.turns = turns

    def initialiseComponent(self):
        print("initialise", self.label)
        return self.first

    def mainBody(self):
        self.turns -= 1
        print("body", self.label, self.turns)
        while self.dataReady():
            print("recv", self.label, self.recv())
        if self.turns == 2:
            self.pause()
        return self.turns

    def closeDownComponent(self):
        print("close", self.label)
        self.send("closed")
        return newComponent(Traced("after " + self.label, steps(1)))


a = OldStyle("A", 0, 4)
b = OldStyle("B", newComponent(Traced("early", steps(2))), 7)
c = OldStyle("C", None, 1)
a.link((c, "outbox"), (a, "inbox"))
b.link((a, "outbox"), (b, "inbox"))


def waker(me):
    for _ in range(5):
        yield 1
    me.log("wakes A")
    a.unpause()
    yield 1
    yield 1
    yield 1
    yield 1
    me.log("wakes B")
    b.unpause()


run(Traced("clock", clock(14)), a, b, c, Traced("waker", waker))
