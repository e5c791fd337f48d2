// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Reactive.Subjects;

namespace Axon.Benchmarks.Peers.Rx;

internal static class RxPingPong
{
    private static readonly object s_ball = new();

    public static Action Prepare(RxPlace place, int operations)
    {
        Finish over = new(2);
        Player one = new(place, operations / 2, over);
        Player other = new(place, operations / 2, over);
        one.Partner = other.Subject;
        other.Partner = one.Subject;
        return () =>
        {
            place.Venue.Start(() => one.Subject.OnNext(s_ball));
            place.Venue.Wait(over);
            over.Check(operations);
        };
    }

    private sealed class Player
    {
        private readonly int _catches;
        private readonly Finish _over;
        private int _caught;

        public Player(RxPlace place, int catches, Finish over)
        {
            _catches = catches;
            _over = over;
            Subject = place.Make(Play);
        }

        public Subject<object> Subject { get; }

        public Subject<object> Partner { get; set; } = null!;

        private void Play(object ball)
        {
            if (_caught == _catches)
            {
                // The last one of the other.
                return;
            }

            Partner.OnNext(ball);
            if (++_caught == _catches)
            {
                _over.Signal(_caught);
            }
        }
    }
}
