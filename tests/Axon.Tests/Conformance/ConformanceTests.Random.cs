// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests.Conformance;

/// <content>A system of many components that do at each step what a small generator of numbers says.</content>
public sealed partial class ConformanceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [Trait("Spec", "AX-SCH-01")]
    [Trait("Spec", "AX-SCH-04")]
    [Trait("Spec", "AX-SCH-05")]
    [Trait("Spec", "AX-SCH-10")]
    [Trait("Spec", "AX-SCH-11")]
    [Trait("Spec", "AX-SCH-12")]
    [Trait("Spec", "AX-SCH-13")]
    [Trait("Spec", "AX-SCH-61")]
    [Trait("Spec", "AX-CMP-21")]
    [Trait("Spec", "AX-CMP-23")]
    [Trait("Spec", "AX-CMP-29")]
    [Trait("Spec", "AX-CMP-50")]
    public void RandomSystem_AsInAxon(uint seed)
    {
        World world = new(_scenario, seed);
        for (int i = 0; i < 12; i++)
        {
            world.Make();
        }

        foreach (Player each in world.Everybody)
        {
            each.Wire(each);
            each.Wire(each);
        }

        _scenario.Run([_scenario.Make("clock", world.Body), .. world.Everybody]);
        _scenario.ShouldHaveWritten($"random_system_{seed}");
    }

    /// <summary>A linear congruential generator: the same numbers in both languages.</summary>
    private sealed class Lcg(uint seed)
    {
        private uint _state = seed;

        /// <summary>The next number, from 0 up to and without the one given.</summary>
        public int Draw(int below)
        {
            _state = unchecked((_state * 1664525) + 1013904223);
            return (int)((_state >> 16) % (uint)below);
        }
    }

    private sealed class World(Scenario scenario, uint seed)
    {
        public const int Cycles = 120;
        public const int Maximum = 60;

        private readonly Lcg _lcg = new(seed);

        public int Cycle { get; private set; }

        public int Message { get; set; }

        public List<Player> Everybody { get; } = [];

        public int Draw(int below) => _lcg.Draw(below);

        public Player Make()
        {
            Player made = new(scenario, $"P{Everybody.Count}", this);
            Everybody.Add(made);
            int limit = Draw(4);
            if (limit > 0)
            {
                made.SetInboxSize("inbox", limit);
            }

            return made;
        }

        public Player Any() => Everybody[Draw(Everybody.Count)];

        public IEnumerator<Yield> Body(Traced me)
        {
            for (Cycle = 1; Cycle <= Cycles; Cycle++)
            {
                scenario.Write("cycle", Cycle);
                yield return 1;
            }

            // From now on whoever is stepped ends, and the sleepers are woken for it.
            Cycle = Cycles;
            foreach (Player each in Everybody)
            {
                each.Unpause();
            }

            yield return 1;
            yield return 1;
            scenario.Write("all ended", Everybody.TrueForAll(each => each.IsStopped));
        }
    }

    private sealed class Player(Scenario scenario, string label, World world) : Traced(scenario, label, Play)
    {
        private readonly World _world = world;
        private readonly List<Linkage> _linkages = [];
        private int _lastCycle;

        /// <summary>Links one of the source's outboxes somewhere, if that is free.</summary>
        public void Wire(Player source)
        {
            Player sink = _world.Any();
            bool data = _world.Draw(3) > 0;
            try
            {
                _linkages.Add(Link((source, data ? "outbox" : "signal"), (sink, data ? "inbox" : "control")));
                Log("link", source.Label, sink.Label);
            }
            catch (BoxAlreadyLinkedToDestinationException)
            {
                Log("linked already", source.Label);
            }
        }

        private static IEnumerator<Yield> Play(Traced traced)
        {
            Player me = (Player)traced;
            World world = me._world;
            while (world.Cycle < World.Cycles)
            {
                me._lastCycle = world.Cycle;
                int acts = 1 + world.Draw(3);
                for (int i = 0; i < acts; i++)
                {
                    me.Act(world.Draw(20));
                }

                if (world.Draw(60) == 0)
                {
                    me.Log("end");
                    yield break;
                }

                if (world.Draw(25) == 0 && world.Everybody.Count < World.Maximum)
                {
                    Player made = world.Make();
                    Player other = world.Make();
                    me.Wire(made);
                    me.Log("yields", made.Label, other.Label);
                    yield return new NewComponent(made, other);
                }
                else
                {
                    yield return 1;
                }
            }

            me.Log("last", me.Waiting("inbox"), me.Waiting("control"));
        }

        private void Act(int action)
        {
            switch (action)
            {
                case < 5:
                    _world.Message++;
                    Log(TrySend(_world.Message) ? "send" : "full", _world.Message);
                    break;
                case 5:
                    _world.Message++;
                    Send(_world.Message, "signal");
                    Log("signal", _world.Message);
                    break;
                case < 8:
                    ReceiveAll();
                    break;
                case 8:
                    if (DataReady("inbox"))
                    {
                        Log("recv one", Recv());
                    }

                    break;
                case 9:
                    ReceiveAll("control");
                    break;
                case < 12:
                    Log("pause");
                    Pause();
                    break;
                case < 15:
                    Player sleeper = _world.Any();
                    Log("wake", sleeper.Label);
                    sleeper.Unpause();
                    break;
                case 15:
                    // Only one that has been stepped in this cycle is surely awake: the original loses one that is paused twice.
                    Player stepped = _world.Any();
                    if (stepped._lastCycle == _world.Cycle)
                    {
                        Log("pause", stepped.Label);
                        stepped.Pause();
                    }

                    break;
                case 16:
                    Wire(this);
                    break;
                case 17:
                    Cut();
                    break;
                case 18:
                    if (_world.Everybody.Count < World.Maximum)
                    {
                        Player made = _world.Make();
                        Wire(made);
                        Log("activate", made.Label);
                        made.Activate();
                    }

                    break;
                default:
                    Player child = _world.Any();
                    if (child != this && !child.IsStopped && !ChildComponents().Contains(child))
                    {
                        Log("adopt", child.Label);
                        AddChildren(child);
                    }

                    break;
            }
        }

        private void Cut()
        {
            if (_linkages.Count > 0)
            {
                int index = _world.Draw(_linkages.Count);
                Linkage cut = _linkages[index];
                _linkages.RemoveAt(index);
                Log("unlink", ((Traced)cut.Source.Owner).Label, ((Traced)cut.Sink.Owner).Label);
                Unlink(cut);
            }
        }
    }
}
