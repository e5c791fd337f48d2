# Licensed under the Apache License, Version 2.0. See LICENSE.
"""Three producers share an inbox of two; they were linked in another order than activated."""

from traced import Traced, clock, run


def producer(first):
    def body(me):
        for number in range(first, first + 5):
            while not me.try_send(number):
                me.log("full", number)
                me.pause()
                yield 1
            me.log("send", number)
            yield 1
        me.log("end")

    return body


def consumer(me):
    count = 0
    while count < 15:
        taken = 0
        # One message in the odd turns, all there are in the even ones.
        while me.dataReady() and (count % 2 == 0 or taken == 0):
            me.log("recv", me.recv())
            count += 1
            taken += 1
        if taken == 0:
            me.log("empty")
            me.pause()
        yield 1
    me.log("end")


a, b, c = Traced("A", producer(10)), Traced("B", producer(20)), Traced("C", producer(30))
collector = Traced("collector", consumer)
collector.setInboxSize("inbox", 2)
for each in (c, a, b):
    collector.link((each, "outbox"), (collector, "inbox"))
run(Traced("clock", clock(40)), a, b, collector, c)
