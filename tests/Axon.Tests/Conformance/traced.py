# Licensed under the Apache License, Version 2.0. See LICENSE.
"""What the scenario programs share: components that print what they do, in labels that are the same in every run."""

from Axon.AxonExceptions import noSpaceInBox
from Axon.Component import component
from Axon.Scheduler import scheduler


class Traced(component):
    """A component with a label; its body is a generator function that is given the component."""

    def __init__(self, label, body):
        super().__init__()
        self.label = label
        self.body = body

    def main(self):
        return self.body(self)

    def log(self, what, *more):
        print(what, self.label, *more)

    def try_send(self, message, box="outbox"):
        try:
            self.send(message, box)
        except noSpaceInBox:
            return False
        return True

    def receive_all(self, box="inbox"):
        while self.dataReady(box):
            self.log("recv", self.recv(box))


class Lcg:
    """A linear congruential generator: the same numbers in both languages."""

    def __init__(self, seed):
        self.state = seed

    def draw(self, below):
        self.state = (self.state * 1664525 + 1013904223) % 4294967296
        return (self.state >> 16) % below


def clock(cycles):
    """Comes first in the queue and never sleeps, so that its lines part the cycles."""

    def body(me):
        for cycle in range(1, cycles + 1):
            print("cycle", cycle)
            yield 1

    return body


def steps(count):
    """So many steps, and the end."""

    def body(me):
        for step in range(1, count + 1):
            me.log("step", step)
            yield 1
        me.log("end")

    return body


def run(*components):
    for each in components:
        each.activate()
    scheduler.run.runThreads()
    print("over")
