# Licensed under the Apache License, Version 2.0. See LICENSE.
"""Twelve components and more that do at each step what a small generator of numbers says: python random_system.py SEED.

All draw from one generator, so the first difference in order changes everything that follows.
"""

import sys

from Axon.AxonExceptions import BoxAlreadyLinkedToDestination
from Axon.Ipc import newComponent
from traced import Lcg, Traced, run

CYCLES = 120
MAXIMUM = 60


class World:
    def __init__(self, seed):
        self.lcg = Lcg(seed)
        self.cycle = 0
        self.message = 0
        self.everybody = []

    def make(self):
        made = Player("P%d" % len(self.everybody), self)
        self.everybody.append(made)
        limit = self.lcg.draw(4)
        if limit > 0:
            made.setInboxSize("inbox", limit)
        return made

    def any(self):
        return self.everybody[self.lcg.draw(len(self.everybody))]

    def body(self, me):
        for self.cycle in range(1, CYCLES + 1):
            print("cycle", self.cycle)
            yield 1
        # From now on whoever is stepped ends, and the sleepers are woken for it.
        for each in self.everybody:
            each.unpause()
        yield 1
        yield 1
        print("all ended", all(each._isStopped() for each in self.everybody))


class Player(Traced):
    def __init__(self, label, world):
        super().__init__(label, self.play)
        self.world = world
        self.last_cycle = 0
        self.linkages = []

    def play(self, me):
        world, draw = self.world, self.world.lcg.draw
        while world.cycle < CYCLES:
            self.last_cycle = world.cycle
            for _ in range(1 + draw(3)):
                self.act(draw(20))
            if draw(60) == 0:
                self.log("end")
                return
            if draw(25) == 0 and len(world.everybody) < MAXIMUM:
                made = world.make()
                other = world.make()
                self.wire(made)
                self.log("yields", made.label, other.label)
                yield newComponent(made, other)
            else:
                yield 1
        self.log("last", self.dataReady("inbox"), self.dataReady("control"))

    def act(self, action):
        world = self.world
        if action < 5:
            world.message += 1
            self.log("send" if self.try_send(world.message) else "full", world.message)
        elif action == 5:
            world.message += 1
            self.send(world.message, "signal")
            self.log("signal", world.message)
        elif action < 8:
            self.receive_all()
        elif action == 8:
            if self.dataReady("inbox"):
                self.log("recv one", self.recv())
        elif action == 9:
            self.receive_all("control")
        elif action < 12:
            self.log("pause")
            self.pause()
        elif action < 15:
            other = world.any()
            self.log("wake", other.label)
            other.unpause()
        elif action == 15:
            # Only one that has been stepped in this cycle is surely awake: the original loses one that is paused twice.
            other = world.any()
            if other.last_cycle == world.cycle:
                self.log("pause", other.label)
                other.pause()
        elif action == 16:
            self.wire(self)
        elif action == 17:
            if self.linkages:
                cut = self.linkages.pop(world.lcg.draw(len(self.linkages)))
                self.log("unlink", cut.source.label, cut.sink.label)
                self.unlink(thelinkage=cut)
        elif action == 18:
            if len(world.everybody) < MAXIMUM:
                made = world.make()
                self.wire(made)
                self.log("activate", made.label)
                made.activate()
        else:
            child = world.any()
            if child is not self and not child._isStopped() and child not in self.childComponents():
                self.log("adopt", child.label)
                self.addChildren(child)

    def wire(self, source):
        """Links one of the source's outboxes somewhere, if that is free."""
        sink = self.world.any()
        if self.world.lcg.draw(3) > 0:
            pair = (source, "outbox"), (sink, "inbox")
        else:
            pair = (source, "signal"), (sink, "control")
        try:
            self.linkages.append(self.link(*pair))
            self.log("link", source.label, sink.label)
        except BoxAlreadyLinkedToDestination:
            self.log("linked already", source.label)


def main(seed):
    world = World(seed)
    for _ in range(12):
        world.make()
    for each in world.everybody[:]:
        each.wire(each)
        each.wire(each)
    run(Traced("clock", world.body), *world.everybody)


main(int(sys.argv[1]))
