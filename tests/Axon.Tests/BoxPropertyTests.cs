// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;
using CsCheck;

namespace Axon.Tests;

/// <summary>Random sequences of everything that can be done with boxes, against a model that is too simple to be wrong.</summary>
/// <remarks>A failure prints the shortest sequence found and a seed that repeats it.</remarks>
public class BoxPropertyTests
{
    private const int Components = 3;
    private const int Inboxes = Components * 2;
    private const int Boxes = Components * 4;

    private static readonly Gen<Op[]> s_sequences = Sequences(Gen.Int[0, Boxes - 1]);

    // Two inboxes and the outboxes that may feed them: links of links are made and unmade far more often than among all boxes.
    private static readonly Gen<Op[]> s_crowded = Sequences(Gen.Int[0, 4].Select(i => ((int[])[0, 2, 6, 8, 10])[i]));

    private enum Kind
    {
        Append,
        Pop,
        Link,
        Unlink,
        Limit,
        Run,
    }

    private enum Outcome
    {
        Done,
        Refused,
        Empty,
        AlreadyLinked,
        Loop,
        NoRoom,
    }

    [Fact]
    [Trait("Spec", "AX-BOX-04")]
    [Trait("Spec", "AX-BOX-06")]
    [Trait("Spec", "AX-BOX-12")]
    [Trait("Spec", "AX-BOX-14")]
    [Trait("Spec", "AX-BOX-15")]
    [Trait("Spec", "AX-BOX-16")]
    [Trait("Spec", "AX-BOX-17")]
    [Trait("Spec", "AX-BOX-21")]
    [Trait("Spec", "AX-BOX-30")]
    [Trait("Spec", "AX-BOX-32")]
    public void AnySequence_AgreesWithTheModelAfterEachAct() => s_sequences.Sample(
        sequence =>
        {
            Model model = new();
            Real real = new();
            int number = 0;
            foreach (Op op in sequence)
            {
                (Outcome Outcome, int? Message) expected = model.Do(op, number);
                (Outcome Outcome, int? Message) actual = real.Do(op, number);
                number++;
                if (expected != actual || !real.Agrees(model))
                {
                    return false;
                }
            }

            return model.NothingLostOrDoubled();
        },
        iter: 1_000);

    [Fact]
    [Trait("Spec", "AX-BOX-07")]
    [Trait("Spec", "AX-BOX-13")]
    [Trait("Spec", "AX-BOX-18")]
    [Trait("Spec", "AX-BOX-19")]
    [Trait("Spec", "AX-CMP-30")]
    public void AnySequence_WakesExactlyThoseWhomTheModelWakes() => Gen.OneOf(s_sequences, s_crowded, s_crowded, s_crowded).Sample(
        sequence =>
        {
            Model model = new();
            Real real = new();
            int number = 0;

            // Several acts in one cycle, then the cycle: whatever is folded into one wake must not lose anybody.
            foreach (Op op in sequence.Append(new Op(Kind.Run, 0, 0, 0)))
            {
                model.Do(op, number);
                real.Do(op, number);
                number++;
                if (op.Kind == Kind.Run && !model.TakeWoken().SequenceEqual(real.RunAndTakeWoken()))
                {
                    return false;
                }
            }

            return true;
        },
        iter: 3_000);

    [Fact]
    [Trait("Spec", "AX-BOX-05")]
    [Trait("Spec", "AX-BOX-06")]
    public void AnyTree_LinkedInAnyTwoOrders_DeliversTheSame()
    {
        // Each box may lead to one further down in the list, outboxes first: whatever is drawn has no loop.
        Gen<(int[] Targets, int[] One, int[] Other)> trees =
            from targets in Gen.Int[0, Boxes].Array[Boxes]
            from one in Gen.Shuffle(Enumerable.Range(0, Boxes).ToArray())
            from other in Gen.Shuffle(Enumerable.Range(0, Boxes).ToArray())
            select (targets, one, other);

        trees.Sample(
            tree => Delivered(tree.Targets, tree.One).SequenceEqual(Delivered(tree.Targets, tree.Other)),
            iter: 1_000);

        static IEnumerable<string> Delivered(int[] targets, int[] order)
        {
            Real real = new();
            foreach (int box in order)
            {
                if (targets[box] > box && targets[box] < Boxes)
                {
                    real.Do(new Op(Kind.Link, FromTheOutboxesOn(box), FromTheOutboxesOn(targets[box]), 0), 0);
                }
            }

            for (int box = 0; box < Boxes; box++)
            {
                real.Do(new Op(Kind.Append, box, 0, 0), box);
            }

            return real.Contents().ToArray();
        }

        // The boxes are numbered inboxes first; here the outboxes are to come first.
        static int FromTheOutboxesOn(int place) => (place + Inboxes) % Boxes;
    }

    [Fact]
    [Trait("Spec", "AX-CMP-23")]
    [Trait("Spec", "AX-CMP-25")]
    [Trait("Spec", "AX-BOX-18")]
    [Trait("Spec", "AX-BOX-25")]
    public void AnyFanInWithAnyLimit_Running_DeliversEverythingInOrderAndNobodyIsForgotten()
    {
        Gen<(int Limit, int Together, int[] Counts, int[] Through)> systems =
            from limit in Gen.Int[1, 6]
            from together in Gen.Int[1, 8]
            from counts in Gen.Int[0, 12].Array[1, 6]
            from through in Gen.Int[0, 3].Array[6]
            select (limit, together, counts, through);

        systems.Sample(
            system =>
            {
                SteppedScheduler scheduler = new(TraceKinds.None);
                List<(int Producer, int Number)> received = [];
                BoxScript consumer = new(Consume);
                BoxIdler outboxWrapper = new();
                BoxIdler inboxWrapper = new();
                consumer.SetInboxSize("inbox", system.Limit);
                consumer.Link((outboxWrapper, "outbox"), (inboxWrapper, "inbox"));
                consumer.Link((inboxWrapper, "inbox"), (consumer, "inbox"), Passthrough.Inbox);
                for (int i = 0; i < system.Counts.Length; i++)
                {
                    int producer = i;
                    BoxScript script = scheduler.Activate(new BoxScript(self => Produce(self, producer)));
                    _ = system.Through[i] switch
                    {
                        0 => consumer.Link((script, "outbox"), (consumer, "inbox")),
                        1 => consumer.Link((script, "outbox"), (inboxWrapper, "inbox")),
                        _ => consumer.Link((script, "outbox"), (outboxWrapper, "outbox"), Passthrough.Outbox),
                    };
                }

                scheduler.Activate(consumer);
                scheduler.RunUntilIdle(10_000);

                // Whoever was refused sleeps until a collection wakes it: a wake that is lost shows as messages that are missing.
                return system.Counts.Select((count, i) => received.Where(message => message.Producer == i).Select(message => message.Number)
                    .SequenceEqual(Enumerable.Range(0, count))).All(inOrder => inOrder);

                IEnumerator<Yield> Produce(Component self, int producer)
                {
                    for (int number = 0; number < system.Counts[producer]; number++)
                    {
                        while (!self.TrySend((producer, number)))
                        {
                            yield return self.Pause();
                        }
                    }
                }

                IEnumerator<Yield> Consume(Component self)
                {
                    while (true)
                    {
                        for (int taken = 0; taken < system.Together && self.TryRecv(out (int, int) message); taken++)
                        {
                            received.Add(message);
                        }

                        yield return self.DataReady() ? 1 : self.Pause();
                    }
                }
            },
            iter: 1_000);
    }

    private static Gen<Op[]> Sequences(Gen<int> box) =>
        Gen.Select(Gen.Int[0, 99], box, box, Gen.Int[-1, 4], (kind, a, b, n) => new Op(KindOf(kind), a, b, n)).Array[1, 80];

    // Appends are the commonest, so that boxes fill; runs the rarest, so that much happens within one cycle.
    private static Kind KindOf(int percent) => percent switch
    {
        < 35 => Kind.Append,
        < 57 => Kind.Pop,
        < 78 => Kind.Link,
        < 89 => Kind.Unlink,
        < 94 => Kind.Limit,
        _ => Kind.Run,
    };

    private static bool IsInbox(int box) => box < Inboxes;

    private static int OwnerOf(int box) => IsInbox(box) ? box / 2 : (box - Inboxes) / 2;

    private readonly record struct Op(Kind Kind, int A, int B, int N);

    /// <summary>Boxes as numbers: 0 to 5 are inboxes, 6 to 11 outboxes, two of each for a component.</summary>
    private sealed class Model
    {
        private readonly List<int> _received = [];
        private readonly List<int> _dropped = [];
        private readonly List<int> _accepted = [];
        private readonly SortedSet<int> _woken = [];

        public int?[] Target { get; } = new int?[Boxes];

        public int?[] Limit { get; } = new int?[Inboxes];

        public List<int>[] Store { get; } = [.. Enumerable.Range(0, Inboxes).Select(_ => new List<int>())];

        public int End(int box)
        {
            while (Target[box] is { } next)
            {
                box = next;
            }

            return box;
        }

        public (Outcome, int?) Do(Op op, int number) => op.Kind switch
        {
            Kind.Append => (Append(op.A, number), null),
            Kind.Pop => Pop(op.A),
            Kind.Link when IsInbox(op.A) && !IsInbox(op.B) => (Outcome.Done, null),
            Kind.Link => (Link(op.A, op.B), null),
            Kind.Unlink => (Unlink(op.A), null),
            Kind.Limit => (SetLimit(op.A, op.N), null),
            _ => (Outcome.Done, null),
        };

        public string[] TakeWoken()
        {
            string[] woken = [.. _woken.Select(component => $"c{component}")];
            _woken.Clear();
            return woken;
        }

        public bool NothingLostOrDoubled() => _received.Concat(_dropped).Concat(Store.SelectMany(store => store)).Order().SequenceEqual(_accepted);

        private Outcome Append(int box, int number)
        {
            int end = End(box);
            if (!IsInbox(end))
            {
                _accepted.Add(number);
                _dropped.Add(number);
                return Outcome.Done;
            }

            if (Store[end].Count >= Limit[end])
            {
                return Outcome.Refused;
            }

            _accepted.Add(number);
            Store[end].Add(number);
            _woken.Add(OwnerOf(end));
            return Outcome.Done;
        }

        private (Outcome, int?) Pop(int box)
        {
            int end = End(box);
            if (!IsInbox(end) || Store[end].Count == 0)
            {
                return (Outcome.Empty, null);
            }

            int message = Store[end][0];
            Store[end].RemoveAt(0);
            _received.Add(message);
            WakeFeeders(end);
            return (Outcome.Done, message);
        }

        private Outcome Link(int source, int sink)
        {
            if (Target[source] is not null)
            {
                return Outcome.AlreadyLinked;
            }

            int end = End(sink);
            if (end == source)
            {
                return Outcome.Loop;
            }

            List<int> moving = IsInbox(source) ? Store[source] : [];
            if (moving.Count > 0)
            {
                if (Store[end].Count + moving.Count > Limit[end])
                {
                    return Outcome.NoRoom;
                }

                WakeFeeders(source);
                _woken.Add(OwnerOf(end));
                Store[end].AddRange(moving);
                moving.Clear();
            }

            Target[source] = sink;
            return Outcome.Done;
        }

        private Outcome Unlink(int source)
        {
            Target[source] = null;
            return Outcome.Done;
        }

        private Outcome SetLimit(int box, int limit)
        {
            Limit[box % Inboxes] = limit < 0 ? null : limit;
            return Outcome.Done;
        }

        private void WakeFeeders(int inbox)
        {
            for (int box = Inboxes; box < Boxes; box++)
            {
                if (End(box) == inbox)
                {
                    _woken.Add(OwnerOf(box));
                }
            }
        }
    }

    private sealed class Real
    {
        private readonly BoxBench _bench = new();
        private readonly BoxIdler _maker;
        private readonly Postbox[] _boxes;

        public Real()
        {
            BoxIdler[] components = [.. Enumerable.Range(0, Components).Select(i => _bench.Idler($"c{i}"))];
            _maker = _bench.Idler("maker");
            _boxes =
            [
                .. components.SelectMany(component => new[] { component.GetInbox("inbox"), component.GetInbox("control") }),
                .. components.SelectMany(component => new[] { component.GetOutbox("outbox"), component.GetOutbox("signal") }),
            ];
            _bench.System.Trace.Clear();
        }

        public (Outcome, int?) Do(Op op, int number)
        {
            switch (op.Kind)
            {
                case Kind.Append:
                    return (_boxes[op.A].TryAppend(number) ? Outcome.Done : Outcome.Refused, null);
                case Kind.Pop:
                    return _boxes[op.A].TryPop(out object? message) ? (Outcome.Done, (int)message!) : (Outcome.Empty, null);
                case Kind.Link when !IsInbox(op.A) || IsInbox(op.B):
                    return (Link(op.A, op.B), null);
                case Kind.Unlink when _boxes[op.A].Linkage is { } linkage:
                    _maker.Unlink(linkage);
                    break;
                case Kind.Limit:
                    _boxes[op.A % Inboxes].Size = op.N < 0 ? null : op.N;
                    break;
            }

            return (Outcome.Done, null);
        }

        public bool Agrees(Model model)
        {
            for (int i = 0; i < Boxes; i++)
            {
                int end = model.End(i);
                int held = IsInbox(end) ? model.Store[end].Count : 0;
                Postbox box = _boxes[i];
                bool agrees = box.Count == held
                    && box.LocalCount == (IsInbox(i) ? model.Store[i].Count : 0)
                    && box.IsFull == (IsInbox(end) && held >= model.Limit[end])
                    && box.Linkage?.Sink == (model.Target[i] is { } target ? _boxes[target] : null)
                    && box.Incoming.Select(linkage => Array.IndexOf(_boxes, linkage.Source)).Order()
                        .SequenceEqual(Enumerable.Range(0, Boxes).Where(other => model.Target[other] == i));
                if (!agrees || (box is RealSink inbox && !inbox.Snapshot().Cast<int>().SequenceEqual(model.Store[i])))
                {
                    return false;
                }
            }

            return _maker.Postoffice.Count == model.Target.Count(target => target is not null);
        }

        public string[] RunAndTakeWoken()
        {
            _bench.System.RunUntilIdle();
            string[] woken = [.. _bench.System.Trace.Lines.Select(line => line["wake ".Length..]).Order(StringComparer.Ordinal)];
            _bench.System.Trace.Clear();
            return woken;
        }

        public IEnumerable<string> Contents() => _boxes.OfType<RealSink>().Select(inbox => string.Join(' ', inbox.Snapshot()));

        private Outcome Link(int source, int sink)
        {
            Passthrough passthrough = (IsInbox(source), IsInbox(sink)) switch
            {
                (true, true) => Passthrough.Inbox,
                (false, false) => Passthrough.Outbox,
                _ => Passthrough.None,
            };
            Postbox from = _boxes[source];
            Postbox to = _boxes[sink];
            try
            {
                _maker.Link((from.Owner, from.Name), (to.Owner, to.Name), passthrough);
                return Outcome.Done;
            }
            catch (BoxAlreadyLinkedToDestinationException)
            {
                return Outcome.AlreadyLinked;
            }
            catch (LinkageLoopException)
            {
                return Outcome.Loop;
            }
            catch (NoSpaceInBoxException)
            {
                return Outcome.NoRoom;
            }
        }
    }
}
