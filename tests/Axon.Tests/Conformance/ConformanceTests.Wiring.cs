// Licensed under the Apache License, Version 2.0. See LICENSE.

using static Axon.Tests.Conformance.Traced;

namespace Axon.Tests.Conformance;

/// <content>Trees of linkages over several hops, made and unmade while they are in use.</content>
public sealed partial class ConformanceTests
{
    [Fact]
    [Trait("Spec", "AX-CMP-25")]
    [Trait("Spec", "AX-BOX-18")]
    [Trait("Spec", "AX-BOX-20")]
    public void FeedingTree_WakesInOrderOfCompletion_AsInAxon()
    {
        Traced a = Make("A", StepsUntilTold);
        Traced b = Make("B", StepsUntilTold);
        Traced c = Make("C", StepsUntilTold);
        Traced p = Make("P", StepsUntilTold);
        Traced q = Make("Q", StepsUntilTold);
        Traced x = Make("X", StepsUntilTold);
        Traced y = Make("Y", StepsUntilTold);
        Traced z = Make("Z", StepsUntilTold);
        Traced[] everybody = [a, b, c, p, q, x, y, z];
        _scenario.Run([Make("clock", Clock(18)), Make("collector", Collector), .. everybody]);
        _scenario.ShouldHaveWritten("feeding_tree");

        static IEnumerator<Yield> StepsUntilTold(Traced me)
        {
            while (!me.DataReady("control"))
            {
                me.Log("step");
                me.Pause();
                yield return 1;
            }

            me.Log("end", me.Recv("control"));
        }

        IEnumerator<Yield> Collector(Traced me)
        {
            me.Link((p, "outbox"), (me, "inbox"));
            me.Link((x, "outbox"), (me, "inbox"));
            me.Link((a, "outbox"), (p, "outbox"), Passthrough.Outbox);
            yield return 1;
            yield return 1;
            yield return 1;
            Recv();
            yield return 1;
            yield return 1;
            me.Link((c, "outbox"), (b, "outbox"), Passthrough.Outbox);
            me.Link((y, "outbox"), (q, "inbox"));
            Linkage late = me.Link((b, "outbox"), (a, "outbox"), Passthrough.Outbox);
            Recv();
            yield return 1;
            yield return 1;
            me.Link((q, "inbox"), (me, "inbox"), Passthrough.Inbox);
            me.Link((z, "outbox"), (q, "inbox"));
            Recv();
            yield return 1;
            yield return 1;
            me.Unlink(late);
            Recv();
            yield return 1;
            yield return 1;
            me.Link((b, "outbox"), (a, "outbox"), Passthrough.Outbox);
            Recv();
            yield return 1;
            yield return 1;
            TellToStop(me, everybody);
            me.Log("end");

            void Recv()
            {
                me.GetInbox().Append("message");
                me.Log("recv", me.Recv());
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [Trait("Spec", "AX-BOX-06")]
    [Trait("Spec", "AX-BOX-10")]
    [Trait("Spec", "AX-BOX-11")]
    [Trait("Spec", "AX-BOX-12")]
    [Trait("Spec", "AX-BOX-14")]
    [Trait("Spec", "AX-BOX-15")]
    [Trait("Spec", "AX-BOX-18")]
    [Trait("Spec", "AX-BOX-19")]
    [Trait("Spec", "AX-BOX-20")]
    [Trait("Spec", "AX-CMP-12")]
    [Trait("Spec", "AX-CMP-21")]
    [Trait("Spec", "AX-CMP-25")]
    public void RandomWiring_AsInAxon(uint seed)
    {
        Lcg lcg = new(seed);
        List<Linkage> linkages = [];
        int message = 0;
        Traced[] everybody = [.. Enumerable.Range(0, 12).Select(n => Make($"S{n}", StepsUntilTold))];
        _scenario.Run([Make("director", Director), .. everybody]);
        _scenario.ShouldHaveWritten($"random_wiring_{seed}");

        static IEnumerator<Yield> StepsUntilTold(Traced me)
        {
            while (!me.DataReady("control"))
            {
                me.Log("step", me.Waiting());
                me.Pause();
                yield return 1;
            }

            me.Log("end", me.Recv("control"));
        }

        IEnumerator<Yield> Director(Traced me)
        {
            for (int cycle = 1; cycle <= 250; cycle++)
            {
                me.Scenario.Write("cycle", cycle);
                int acts = 1 + lcg.Draw(3);
                for (int i = 0; i < acts; i++)
                {
                    Act(me, lcg.Draw(16));
                }

                yield return 1;
            }

            TellToStop(me, everybody);
            me.Log("end");
        }

        void Act(Traced me, int action)
        {
            if (action < 5)
            {
                int low = lcg.Draw(everybody.Length);
                int high = lcg.Draw(everybody.Length);
                if (low != high)
                {
                    Link(me, action, everybody[Math.Min(low, high)], everybody[Math.Max(low, high)]);
                }
            }
            else if (action < 7)
            {
                if (linkages.Count > 0)
                {
                    int index = lcg.Draw(linkages.Count);
                    Linkage cut = linkages[index];
                    linkages.RemoveAt(index);
                    me.Log("cuts", ((Traced)cut.Source.Owner).Label, ((Traced)cut.Sink.Owner).Label, (int)cut.Passthrough);
                    me.Unlink(cut);
                }
            }
            else if (action < 11)
            {
                Traced sender = everybody[lcg.Draw(everybody.Length)];
                message++;
                me.Log("sends from", sender.Label, message);
                sender.Send(message);
            }
            else
            {
                Traced receiver = everybody[lcg.Draw(everybody.Length)];
                if (receiver.GetInbox().Count > 0)
                {
                    me.Log("receives at", receiver.Label, receiver.Recv());
                }
            }
        }

        // Always from the lower to the higher, so that no loop comes about.
        void Link(Traced me, int kind, Traced low, Traced high)
        {
            try
            {
                linkages.Add(kind switch
                {
                    < 2 => me.Link((low, "outbox"), (high, "outbox"), Passthrough.Outbox),
                    2 => me.Link((low, "inbox"), (high, "inbox"), Passthrough.Inbox),
                    _ => me.Link((high, "outbox"), (low, "inbox")),
                });
                me.Log("links", low.Label, high.Label, kind);
            }
            catch (BoxAlreadyLinkedToDestinationException)
            {
                me.Log("linked already", low.Label, high.Label, kind);
            }
        }
    }
}
