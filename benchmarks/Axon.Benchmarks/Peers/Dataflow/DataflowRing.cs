// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Tasks.Dataflow;

namespace Axon.Benchmarks.Peers.Dataflow;

internal static class DataflowRing
{
    public static Action Prepare(DataflowPlace place, int members, int operations)
    {
        Finish over = new(members);
        Member[] ring = new Member[members];
        for (int i = 0; i < members; i++)
        {
            ring[i] = new Member(place, over);
        }

        for (int i = 0; i < members; i++)
        {
            ring[i].Next = ring[(i + 1) % members].Block;
        }

        return () =>
        {
            place.Venue.Start(() => { ring[0].Block.Post(new Token { Left = operations }); });
            place.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private sealed class Member
    {
        private readonly Finish _over;
        private int _passed;
        private bool _isOver;

        public Member(DataflowPlace place, Finish over)
        {
            _over = over;
            Block = place.Make(Pass);
        }

        public ActionBlock<object> Block { get; }

        public ActionBlock<object> Next { get; set; } = null!;

        private void Pass(object message)
        {
            Token token = (Token)message;
            if (token.Left > 0)
            {
                token.Left--;
                _passed++;
                Next.Post(token);
            }
            else if (!_isOver)
            {
                // Another round, so that everybody ends.
                _isOver = true;
                _over.Signal(_passed);
                Next.Post(token);
            }
        }
    }
}
