// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Tasks.Dataflow;

namespace Axon.Benchmarks.Peers.Dataflow;

internal static class DataflowPingPong
{
    private static readonly object s_ball = new();

    public static Action Prepare(DataflowPlace place, int operations)
    {
        Finish over = new(2);
        Player one = new(place, operations / 2, over);
        Player other = new(place, operations / 2, over);
        one.Partner = other.Block;
        other.Partner = one.Block;
        return () =>
        {
            place.Venue.Start(() => { one.Block.Post(s_ball); });
            place.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private sealed class Player
    {
        private readonly int _catches;
        private readonly Finish _over;
        private int _caught;

        public Player(DataflowPlace place, int catches, Finish over)
        {
            _catches = catches;
            _over = over;
            Block = place.Make(Play);
        }

        public ActionBlock<object> Block { get; }

        public ActionBlock<object> Partner { get; set; } = null!;

        private void Play(object ball)
        {
            if (_caught == _catches)
            {
                // The last one of the other.
                return;
            }

            Partner.Post(ball);
            if (++_caught == _catches)
            {
                _over.Signal(_caught);
            }
        }
    }
}
