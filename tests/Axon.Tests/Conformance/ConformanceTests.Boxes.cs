// Licensed under the Apache License, Version 2.0. See LICENSE.

using static Axon.Tests.Conformance.Traced;

namespace Axon.Tests.Conformance;

/// <content>Messages, linkages, limits, and whom they wake; children; what an end takes along.</content>
public sealed partial class ConformanceTests
{
    [Fact]
    [Trait("Spec", "AX-CMP-04")]
    [Trait("Spec", "AX-CMP-08")]
    [Trait("Spec", "AX-CMP-20")]
    [Trait("Spec", "AX-CMP-21")]
    [Trait("Spec", "AX-CMP-22")]
    [Trait("Spec", "AX-CMP-29")]
    public void PingPong_AsInAxon()
    {
        Traced ping = Make("ping", Server);
        Traced pong = Make("pong", Client);
        Traced looks = Make("looks on", Looker);
        looks.Link((ping, "outbox"), (pong, "inbox"));
        looks.Link((pong, "outbox"), (ping, "inbox"));
        looks.Link((ping, "signal"), (pong, "control"));
        _scenario.Run(Make("clock", Clock(20)), looks, ping, pong, Make("N", Steps(3)));
        _scenario.ShouldHaveWritten("ping_pong");

        static IEnumerator<Yield> Server(Traced me)
        {
            me.Log("serves");
            me.Send(0);
            while (true)
            {
                while (!me.DataReady("inbox"))
                {
                    me.Log("waits");
                    me.Pause();
                    yield return 1;
                }

                int number = me.Recv<int>();
                me.Log("recv", number);
                if (number >= 6)
                {
                    me.Send("stop", "signal");
                    me.Log("end");
                    yield break;
                }

                me.Log("send", number + 1);
                me.Send(number + 1);
                yield return 1;
            }
        }

        static IEnumerator<Yield> Client(Traced me)
        {
            while (true)
            {
                while (!me.AnyReady())
                {
                    me.Log("waits");
                    me.Pause();
                    yield return 1;
                }

                if (me.DataReady("control"))
                {
                    me.Log("recv", me.Recv("control"));
                    me.Log("end");
                    yield break;
                }

                int number = me.Recv<int>("inbox");
                me.Log("recv", number);
                me.Log("send", number + 1);
                me.Send(number + 1);
                me.Pause();
                yield return 1;
            }
        }

        IEnumerator<Yield> Looker(Traced me)
        {
            me.AddChildren(pong);
            me.Log("pauses");
            me.Pause();
            yield return 1;
            me.Log("woken by the end of pong");
        }
    }

    [Fact]
    [Trait("Spec", "AX-EX-08")]
    [Trait("Spec", "AX-CMP-11")]
    [Trait("Spec", "AX-CMP-36")]
    [Trait("Spec", "AX-CMP-46")]
    public void PassthroughWrapper_AsInAxon()
    {
        Traced source = Make("source", Source);
        Traced wrapper = Make("wrapper", Wrapper);
        Traced sink = Make("sink", Sink);
        source.Link((source, "outbox"), (wrapper, "inbox"));
        source.Link((source, "signal"), (wrapper, "control"));
        sink.Link((wrapper, "outbox"), (sink, "inbox"));
        sink.Link((wrapper, "signal"), (sink, "control"));
        _scenario.Run(Make("clock", Clock(24)), sink, wrapper, source);
        _scenario.ShouldHaveWritten("passthrough_wrapper");

        static IEnumerator<Yield> Source(Traced me)
        {
            for (int number = 1; number < 5; number++)
            {
                me.Log("send", number);
                me.Send(number);
                yield return 1;
            }

            me.Log("end");
            me.Send(new ProducerFinished(me), "signal");
        }

        static Func<Traced, IEnumerator<Yield>> Stage(int amount)
        {
            return Body;

            IEnumerator<Yield> Body(Traced me)
            {
                while (true)
                {
                    while (me.DataReady("inbox"))
                    {
                        int number = me.Recv<int>("inbox");
                        me.Log("recv", number);
                        me.Send((number * 10) + amount);
                    }

                    if (me.DataReady("control"))
                    {
                        object? message = me.Recv("control");
                        me.Log("control", message is ProducerFinished finished ? ((Traced)finished.Caller!).Label : false);
                        me.Send(message, "signal");
                        yield break;
                    }

                    me.Pause();
                    yield return 1;
                }
            }
        }

        static IEnumerator<Yield> Sink(Traced me)
        {
            while (!me.DataReady("control"))
            {
                me.Log("step");
                me.ReceiveAll();
                me.Pause();
                yield return 1;
            }

            me.ReceiveAll();
            me.Log("end", ((Traced)me.Recv<ProducerFinished>("control").Caller!).Label);
        }

        IEnumerator<Yield> Wrapper(Traced me)
        {
            Traced[] stages = [Make("stage1", Stage(1)), Make("stage2", Stage(2)), Make("stage3", Stage(3))];
            me.AddChildren(stages);
            me.Link((me, "inbox"), (stages[0], "inbox"), Passthrough.Inbox);
            me.Link((me, "control"), (stages[0], "control"), Passthrough.Inbox);
            for (int i = 1; i < stages.Length; i++)
            {
                me.Link((stages[i - 1], "outbox"), (stages[i], "inbox"));
                me.Link((stages[i - 1], "signal"), (stages[i], "control"));
            }

            me.Link((stages[2], "outbox"), (me, "outbox"), Passthrough.Outbox);
            me.Link((stages[2], "signal"), (me, "signal"), Passthrough.Outbox);
            foreach (Traced each in stages)
            {
                each.Activate();
            }

            while (!stages.All(each => each.IsStopped))
            {
                me.Log("step", me.Waiting("inbox"));
                me.Pause();
                yield return 1;
            }

            me.Log("end");
        }
    }

    [Fact]
    [Trait("Spec", "AX-EX-01")]
    [Trait("Spec", "AX-CMP-07")]
    [Trait("Spec", "AX-CMP-09")]
    [Trait("Spec", "AX-CMP-50")]
    [Trait("Spec", "AX-CMP-52")]
    public void WrapperWaitingForOneResult_AsInAxon()
    {
        _scenario.Run(Make("clock", Clock(18)), new ResultWrapper(_scenario, "wrapper", Wrapper, Producer, Consumer));
        _scenario.ShouldHaveWritten("wrapper_with_result");

        static IEnumerator<Yield> Producer(Traced me)
        {
            for (int number = 1; number < 10; number++)
            {
                me.Log("send", number);
                me.Send(number);
                yield return 1;
            }

            me.Log("end");
        }

        static IEnumerator<Yield> Consumer(Traced me)
        {
            int total = 0;
            for (int step = 1; step < 13; step++)
            {
                while (me.DataReady())
                {
                    int number = me.Recv<int>();
                    total += number;
                    me.Log("recv", number, total);
                    if (total >= 10)
                    {
                        me.Send(total);
                    }
                }

                yield return 1;
            }

            me.Log("end", total);
        }

        static IEnumerator<Yield> Wrapper(Traced me)
        {
            yield return new NewComponent([.. me.ChildComponents()]);
            while (!me.DataReady("_result"))
            {
                me.Log("waits", me.FirstReady() ?? "nothing");
                me.Pause();
                yield return 1;
            }

            me.Log("result", me.FirstReady(), me.Recv("_result"));
        }
    }

    [Fact]
    [Trait("Spec", "AX-EX-02")]
    [Trait("Spec", "AX-CMP-23")]
    [Trait("Spec", "AX-CMP-46")]
    [Trait("Spec", "AX-BOX-21")]
    public void SynchronousLink_AsInAxon()
    {
        _scenario.Run(Make("clock", Clock(40)), Make("parent", Parent));
        _scenario.ShouldHaveWritten("synchronous_link");

        static IEnumerator<Yield> Producer(Traced me)
        {
            for (int number = 1; number < 11; number++)
            {
                while (!me.TrySend(number))
                {
                    me.Log("full", number);
                    me.Pause();
                    yield return 1;
                }

                me.Log("send", number);
                if (number % 3 == 0)
                {
                    yield return 1;
                }
            }

            me.Log("end");
        }

        static IEnumerator<Yield> Consumer(Traced me)
        {
            int count = 0;
            while (count < 10)
            {
                if (me.DataReady())
                {
                    me.Log("recv", me.Recv());
                    count++;
                    yield return 1;
                    if (count % 4 == 0)
                    {
                        yield return 1;
                    }
                }
                else
                {
                    me.Log("empty");
                    me.Pause();
                    yield return 1;
                }
            }

            me.Log("end");
        }

        IEnumerator<Yield> Parent(Traced me)
        {
            Traced[] children = [Make("producer", Producer), Make("consumer", Consumer)];
            me.AddChildren(children);
            me.Link((children[0], "outbox"), (children[1], "inbox"), pipeWidth: 1);
            foreach (Traced child in children)
            {
                child.Activate();
            }

            while (!children.All(child => child.IsStopped))
            {
                me.Log("step", LabelsOfStopped(children));
                me.Pause();
                yield return 1;
            }

            me.Log("end");
        }
    }

    [Fact]
    [Trait("Spec", "AX-CMP-23")]
    [Trait("Spec", "AX-BOX-08")]
    [Trait("Spec", "AX-BOX-18")]
    [Trait("Spec", "AX-BOX-22")]
    [Trait("Spec", "AX-BOX-25")]
    public void LimitedInboxOfThreeProducers_AsInAxon()
    {
        Traced a = Make("A", Producer(10));
        Traced b = Make("B", Producer(20));
        Traced c = Make("C", Producer(30));
        Traced collector = Make("collector", Consumer);
        collector.SetInboxSize("inbox", 2);
        foreach (Traced each in (Traced[])[c, a, b])
        {
            collector.Link((each, "outbox"), (collector, "inbox"));
        }

        _scenario.Run(Make("clock", Clock(40)), a, b, collector, c);
        _scenario.ShouldHaveWritten("limited_inbox");

        static Func<Traced, IEnumerator<Yield>> Producer(int first)
        {
            return Body;

            IEnumerator<Yield> Body(Traced me)
            {
                for (int number = first; number < first + 5; number++)
                {
                    while (!me.TrySend(number))
                    {
                        me.Log("full", number);
                        me.Pause();
                        yield return 1;
                    }

                    me.Log("send", number);
                    yield return 1;
                }

                me.Log("end");
            }
        }

        static IEnumerator<Yield> Consumer(Traced me)
        {
            int count = 0;
            while (count < 15)
            {
                // One message in the odd turns, all there are in the even ones.
                int taken = 0;
                while (me.DataReady() && (count % 2 == 0 || taken == 0))
                {
                    me.Log("recv", me.Recv());
                    count++;
                    taken++;
                }

                if (taken == 0)
                {
                    me.Log("empty");
                    me.Pause();
                }

                yield return 1;
            }

            me.Log("end");
        }
    }

    [Fact]
    [Trait("Spec", "AX-CMP-23")]
    [Trait("Spec", "AX-CMP-26")]
    [Trait("Spec", "AX-CMP-27")]
    [Trait("Spec", "AX-CMP-28")]
    [Trait("Spec", "AX-BOX-19")]
    [Trait("Spec", "AX-BOX-20")]
    public void FanIn_WakesInOrderOfLinking_AsInAxon()
    {
        Traced a = Make("A", StepsUntilTold);
        Traced b = Make("B", StepsUntilTold);
        Traced c = Make("C", StepsUntilTold);
        Traced d = Make("D", StepsUntilTold);
        Traced e = Make("E", StepsUntilTold);
        _scenario.Run(Make("clock", Clock(20)), a, b, c, Make("collector", Collector), d, e);
        _scenario.ShouldHaveWritten("fan_in");

        static IEnumerator<Yield> StepsUntilTold(Traced me)
        {
            for (int step = 1; !me.DataReady("control"); step++)
            {
                me.Log("step", step);
                me.Pause();
                yield return 1;
            }

            me.Log("end", me.Recv("control"));
        }

        IEnumerator<Yield> Collector(Traced me)
        {
            Link(d);
            Linkage linkageOfB = Link(b);
            Link(e);
            Link(a);
            Link(c);
            Linkage linkageOfD = me.GetInbox().Incoming.First();
            me.GetInbox().Append("first");
            for (int number = 2; number < 12; number++)
            {
                me.GetInbox().Append(number);
            }

            yield return 1;
            yield return 1;
            yield return 1;
            me.Log("recv", me.Recv());
            yield return 1;
            yield return 1;
            me.Log("recv two", me.Recv(), me.Recv());
            yield return 1;
            yield return 1;
            me.Log("links B anew");
            me.Unlink(linkageOfB);
            Link(b);
            me.Log("recv", me.Recv());
            yield return 1;
            yield return 1;
            me.Log("cuts D off");
            me.Unlink(linkageOfD);
            me.Log("recv", me.Recv());
            yield return 1;
            yield return 1;
            me.Log("recv, links D, recv", me.Recv());
            Link(d);
            me.Log("recv", me.Recv());
            yield return 1;
            yield return 1;
            me.Log("cuts A and C off, links C");
            me.Unlink(a);
            me.Unlink(c);
            Link(c);
            me.Log("recv", me.Recv());
            yield return 1;
            yield return 1;
            me.Log("ends them all");
            TellToStop(me, a, b, c, d, e);
            me.Log("end");

            Linkage Link(Traced other) => me.Link((other, "outbox"), (me, "inbox"));
        }
    }

    [Fact]
    [Trait("Spec", "AX-CMP-24")]
    [Trait("Spec", "AX-CMP-25")]
    [Trait("Spec", "AX-BOX-06")]
    [Trait("Spec", "AX-BOX-07")]
    public void Chain_WakesTheRightOnes_AsInAxon()
    {
        Traced source = Make("source", Sender);
        Traced outer = Make("outer", Sleeper);
        Traced inner = Make("inner", Sleeper);
        Traced last = Make("last", Final);
        _scenario.Run(Make("clock", Clock(20)), Make("director", Director), outer, inner, last, source);
        _scenario.ShouldHaveWritten("chain_wakes");

        static IEnumerator<Yield> Sleeper(Traced me)
        {
            while (!me.DataReady("control"))
            {
                me.Log("step", me.Waiting("inbox"));
                me.Pause();
                yield return 1;
            }

            me.Log("end", me.Recv("control"));
        }

        static IEnumerator<Yield> Sender(Traced me)
        {
            me.Pause();
            yield return 1;
            me.Log("woken, sends");
            me.Send("one");
            me.Send("two");
            me.Pause();
            yield return 1;
            me.Log("woken by collection");
            me.Pause();
            yield return 1;
            me.Log("woken by collection, ends");
        }

        static IEnumerator<Yield> Final(Traced me)
        {
            me.Pause();
            yield return 1;
            me.Log("woken by delivery", me.Waiting());
            yield return 1;
            yield return 1;
            me.Log("recv", me.Recv());
            yield return 1;
            yield return 1;
            yield return 1;
            me.Log("recv", me.Recv());
            yield return 1;
            me.Log("end");
        }

        IEnumerator<Yield> Director(Traced me)
        {
            me.Link((outer, "outbox"), (inner, "inbox"));
            me.Link((inner, "inbox"), (last, "inbox"), Passthrough.Inbox);
            me.Link((source, "outbox"), (outer, "outbox"), Passthrough.Outbox);
            yield return 1;
            yield return 1;
            yield return 1;
            source.Unpause();
            for (int i = 0; i < 12; i++)
            {
                yield return 1;
            }

            TellToStop(me, outer, inner);
            me.Log("end");
        }
    }

    [Fact]
    [Trait("Spec", "AX-CMP-29")]
    [Trait("Spec", "AX-CMP-40")]
    [Trait("Spec", "AX-CMP-41")]
    [Trait("Spec", "AX-CMP-42")]
    [Trait("Spec", "AX-CMP-46")]
    public void Children_AsInAxon()
    {
        Traced a = Make("A", Steps(2));
        Traced b = Make("B", Steps(2));
        Traced c = Make("C", Steps(5));
        Traced d = Make("D", Steps(8));
        Traced e = Make("E", Steps(10));
        Traced middle = Make("middle", Parent(3));
        middle.AddChildren(a, b, c);
        Traced second = Make("second parent of A", Parent(2));
        Traced f = Make("F", Sleepy);
        second.AddChildren(a, f);
        _scenario.Run(Make("clock", Clock(14)), second, middle, a, Make("grandparent", Grandparent), b, c, d, e, f, Make("waker", Waker));
        _scenario.ShouldHaveWritten("children");

        static Func<Traced, IEnumerator<Yield>> Parent(int count)
        {
            return Body;

            IEnumerator<Yield> Body(Traced me)
            {
                while (me.ChildComponents().Count(child => child.IsStopped) < count)
                {
                    me.Log("step", LabelsOfStopped(me.ChildComponents()));
                    me.Pause();
                    yield return 1;
                }

                me.Log("end", [.. me.ChildComponents().Select(child => ((Traced)child).Label)]);
            }
        }

        static IEnumerator<Yield> Sleepy(Traced me)
        {
            me.Log("pauses");
            me.Pause();
            yield return 1;
            me.Log("woken, ends");
        }

        IEnumerator<Yield> Grandparent(Traced me)
        {
            me.AddChildren(middle, d);
            while (!middle.IsStopped)
            {
                me.Log("step", d.IsStopped);
                me.Pause();
                yield return 1;
            }

            me.Log("lets D go");
            me.RemoveChild(d);
            me.AddChildren(e);
            me.Pause();
            yield return 1;
            me.Log("end", d.IsStopped, e.IsStopped);
        }

        IEnumerator<Yield> Waker(Traced me)
        {
            for (int i = 0; i < 7; i++)
            {
                yield return 1;
            }

            me.Log("wakes F");
            f.Unpause();
        }
    }

    [Fact]
    [Trait("Spec", "AX-CMP-07")]
    [Trait("Spec", "AX-CMP-50")]
    [Trait("Spec", "AX-CMP-51")]
    [Trait("Spec", "AX-CMP-52")]
    [Trait("Spec", "AX-CMP-53")]
    public void EndOfComponent_RemovesItsLinkages_AsInAxon()
    {
        Traced source = Make("source", Producer);
        Traced sink = Make("sink", Consumer);
        Traced shortLived = Make("short", WaitsOnce);
        Traced sleeps = Make("sleeper", Sleeper);
        sink.Link((source, "signal"), (sink, "control"));

        // Not woken by the sink once its maker has ended.
        shortLived.Link((sleeps, "outbox"), (sink, "inbox"));
        _scenario.Run(Make("clock", Clock(16)), source, sleeps, sink, Make("maker", Maker), shortLived, Make("other", SendsToTheDead));
        _scenario.ShouldHaveWritten("end_unlinks");

        static IEnumerator<Yield> Producer(Traced me)
        {
            for (int number = 1; number < 9; number++)
            {
                me.Log("send", number);
                me.Send(number);
                me.Send(-number, "signal");
                yield return 1;
            }

            me.Log("end");
        }

        static IEnumerator<Yield> Consumer(Traced me)
        {
            for (int step = 1; step < 11; step++)
            {
                if (step is 4 or 6 or 10)
                {
                    me.ReceiveAll("inbox");
                    me.ReceiveAll("control");
                }

                yield return 1;
            }

            me.Log("end");
        }

        static IEnumerator<Yield> Sleeper(Traced me)
        {
            me.Pause();
            yield return 1;
            me.Log("woken, ends");
        }

        static IEnumerator<Yield> WaitsOnce(Traced me)
        {
            me.Pause();
            yield return 1;
            me.Log("woken");
            me.ReceiveAll();
        }

        IEnumerator<Yield> Maker(Traced me)
        {
            me.Link((source, "outbox"), (sink, "inbox"));
            me.Log("links");
            yield return 1;
            yield return 1;
            yield return 1;
            me.Log("end");
        }

        IEnumerator<Yield> SendsToTheDead(Traced me)
        {
            me.Link((me, "outbox"), (shortLived, "inbox"));
            for (int step = 1; step < 13; step++)
            {
                if (step == 11)
                {
                    sleeps.Unpause();
                }

                if (step % 3 == 0)
                {
                    me.Log("send", step);
                    me.Send(step);
                }

                yield return 1;
            }

            me.Log("end");
        }
    }

    [Fact]
    [Trait("Spec", "AX-BOX-12")]
    [Trait("Spec", "AX-BOX-13")]
    [Trait("Spec", "AX-BOX-14")]
    [Trait("Spec", "AX-BOX-15")]
    public void MovedMessages_AsInAxon()
    {
        Traced a = Make("A", Feeder);
        Traced b = Make("B", Feeder);
        Traced h = Make("H", Holder);
        Traced r = Make("R", Receiver);
        h.Link((b, "outbox"), (h, "inbox"));
        h.Link((a, "outbox"), (h, "inbox"));
        _scenario.Run(Make("clock", Clock(24)), a, b, h, r, Make("director", Director));
        _scenario.ShouldHaveWritten("moved_messages");

        static IEnumerator<Yield> Feeder(Traced me)
        {
            for (int number = 1; number < 4; number++)
            {
                me.Send($"{me.Label}{number}");
            }

            while (!me.DataReady("control"))
            {
                me.Log("step");
                me.Pause();
                yield return 1;
            }

            me.Log("end", me.Recv("control"));
        }

        static IEnumerator<Yield> Receiver(Traced me)
        {
            while (!me.DataReady("control"))
            {
                me.Log("step", me.Waiting());
                if (me.DataReady("inbox"))
                {
                    yield return 1;
                    yield return 1;
                }

                me.ReceiveAll();
                me.Pause();
                yield return 1;
            }

            me.ReceiveAll();
            me.Log("end", me.Recv("control"));
        }

        static IEnumerator<Yield> Holder(Traced me)
        {
            me.Pause();
            yield return 1;
            while (!me.DataReady("control"))
            {
                me.Log("step", me.Waiting());
                me.Pause();
                yield return 1;
            }

            me.ReceiveAll();
            me.Log("end", me.Recv("control"));
        }

        IEnumerator<Yield> Director(Traced me)
        {
            yield return 1;
            yield return 1;
            yield return 1;
            yield return 1;
            me.Log("links");
            Linkage linkage = me.Link((h, "inbox"), (r, "inbox"), Passthrough.Inbox);
            yield return 1;
            yield return 1;
            yield return 1;
            yield return 1;
            yield return 1;
            me.Log("sends through");
            me.Link((me, "outbox"), (h, "inbox"));
            me.Send("through");
            yield return 1;
            yield return 1;
            yield return 1;
            yield return 1;
            me.Log("cuts");
            me.Unlink(linkage);
            me.Send("kept");
            yield return 1;
            yield return 1;
            yield return 1;
            yield return 1;
            TellToStop(me, a, b, h, r);
            me.Log("end");
        }
    }

    private static void TellToStop(Traced me, params ReadOnlySpan<Traced> others)
    {
        foreach (Traced other in others)
        {
            Linkage linkage = me.Link((me, "signal"), (other, "control"));
            me.Send("stop", "signal");
            me.Unlink(linkage);
        }
    }

    private static object?[] LabelsOfStopped(IEnumerable<Component> components) =>
        [.. components.Where(each => each.IsStopped).Select(each => ((Traced)each).Label)];

    [Inbox("inbox")]
    [Inbox("control")]
    [Inbox("_result", "What the consumer found.")]
    private sealed class ResultWrapper : Traced
    {
        public ResultWrapper(
            Scenario scenario,
            string label,
            Func<Traced, IEnumerator<Yield>> body,
            Func<Traced, IEnumerator<Yield>> produce,
            Func<Traced, IEnumerator<Yield>> consume)
            : base(scenario, label, body)
        {
            Traced producer = scenario.Make("producer", produce);
            Traced consumer = scenario.Make("consumer", consume);
            AddChildren(producer, consumer);
            Link((producer, "outbox"), (consumer, "inbox"));
            Link((consumer, "outbox"), (this, "_result"));
        }
    }
}
