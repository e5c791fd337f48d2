# Licensed under the Apache License, Version 2.0. See LICENSE.
"""Twelve sleepers whose boxes are linked, over several hops, cut, fed and emptied at random: python random_wiring.py SEED."""

import sys

from Axon.AxonExceptions import BoxAlreadyLinkedToDestination
from traced import Lcg, Traced, run

lcg = Lcg(int(sys.argv[1]))
linkages = []
message = 0


def sleeper(me):
    while not me.dataReady("control"):
        me.log("step", me.dataReady())
        me.pause()
        yield 1
    me.log("end", me.recv("control"))


everybody = [Traced("S%d" % n, sleeper) for n in range(12)]


def link(me, kind, low, high):
    # Always from the lower to the higher, so that no loop comes about.
    try:
        if kind < 2:
            linkage = me.link((low, "outbox"), (high, "outbox"), passthrough=2)
        elif kind == 2:
            linkage = me.link((low, "inbox"), (high, "inbox"), passthrough=1)
        else:
            linkage = me.link((high, "outbox"), (low, "inbox"))
        linkages.append(linkage)
        me.log("links", low.label, high.label, kind)
    except BoxAlreadyLinkedToDestination:
        me.log("linked already", low.label, high.label, kind)


def act(me, action):
    global message
    if action < 5:
        low = lcg.draw(len(everybody))
        high = lcg.draw(len(everybody))
        if low != high:
            link(me, action, everybody[min(low, high)], everybody[max(low, high)])
    elif action < 7:
        if linkages:
            cut = linkages.pop(lcg.draw(len(linkages)))
            me.log("cuts", cut.source.label, cut.sink.label, cut.passthrough)
            me.unlink(thelinkage=cut)
    elif action < 11:
        sender = everybody[lcg.draw(len(everybody))]
        message += 1
        me.log("sends from", sender.label, message)
        sender.send(message)
    else:
        receiver = everybody[lcg.draw(len(everybody))]
        if len(receiver.inboxes["inbox"]) > 0:
            me.log("receives at", receiver.label, receiver.recv())


def director(me):
    for cycle in range(1, 251):
        print("cycle", cycle)
        for _ in range(1 + lcg.draw(3)):
            act(me, lcg.draw(16))
        yield 1
    for other in everybody:
        linkage = me.link((me, "signal"), (other, "control"))
        me.send("stop", "signal")
        me.unlink(thelinkage=linkage)
    me.log("end")


run(Traced("director", director), *everybody)
