# Licensed under the Apache License, Version 2.0. See LICENSE.
"""Two that answer each other and sleep in between; a third only looks on, asleep until the end."""

from traced import Traced, clock, run, steps


def server(me):
    me.log("serves")
    me.send(0)
    while True:
        while not me.dataReady("inbox"):
            me.log("waits")
            me.pause()
            yield 1
        number = me.recv()
        me.log("recv", number)
        if number >= 6:
            me.send("stop", "signal")
            me.log("end")
            return
        me.log("send", number + 1)
        me.send(number + 1)
        yield 1


def client(me):
    while True:
        while not me.anyReady():
            me.log("waits")
            me.pause()
            yield 1
        if me.dataReady("control"):
            me.log("recv", me.recv("control"))
            me.log("end")
            return
        number = me.recv("inbox")
        me.log("recv", number)
        me.log("send", number + 1)
        me.send(number + 1)
        me.pause()
        yield 1


ping = Traced("ping", server)
pong = Traced("pong", client)


def looker(me):
    me.addChildren(pong)
    me.log("pauses")
    me.pause()
    yield 1
    me.log("woken by the end of pong")


looks = Traced("looks on", looker)
looks.link((ping, "outbox"), (pong, "inbox"))
looks.link((pong, "outbox"), (ping, "inbox"))
looks.link((ping, "signal"), (pong, "control"))
run(Traced("clock", clock(20)), looks, ping, pong, Traced("N", steps(3)))
