// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

public class HandleTests
{
    private readonly SteppedScheduler _system = new(TraceKinds.Scheduling);

    [Fact]
    [Trait("Spec", "AX-HND-01")]
    public void Get_NothingThere_ThrowsAtOnce()
    {
        Handle handle = Active(new Handle(new Echo()));

        HandleEmptyException empty = Assert.Throws<HandleEmptyException>(() => handle.Get());
        Assert.False(handle.TryGet(out _));

        Assert.Equal(("outbox", false), (empty.Box, empty.HasEnded));
        Assert.Contains("Echo_", empty.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Spec", "AX-HND-03")]
    [Trait("Spec", "AX-HND-04")]
    [Trait("Spec", "AX-HND-09")]
    public void Messages_OfTwoBoxes_ComeOutSeparatelyAndInOrder()
    {
        Handle handle = Active(new Handle(new Echo()));

        handle.Put(1);
        handle.Put(null);
        handle.Put("bye", "control");
        handle.Put(2);
        Assert.Empty(handle.AnyReady());
        _system.RunUntilIdle();

        Assert.Equal(["outbox", "signal"], handle.AnyReady());
        Assert.Equal((3, 1), (handle.Count(), handle.Count("signal")));
        Assert.Equal([1, null, 2], new[] { handle.Get(), handle.Get(), handle.Get() });
        Assert.Equal("bye", handle.Get("signal"));
        Assert.False(handle.TryGet(out _) || handle.TryGet(out _, "signal"));
    }

    // A step is not promised to who only says that it would like one: somebody else may have asked for a pause.
    [Fact]
    [Trait("Spec", "AX-HND-04")]
    public void Put_WhileTheCompanionMovesAndSomebodyPausesIt_ArrivesAllTheSame()
    {
        Handle? handle = null;
        Meddler meddler = new(() =>
        {
            foreach (Microprocess process in _system.Scheduler.ListAll())
            {
                process.Pause();
            }

            handle!.Put(2);
        });
        _system.Scheduler.AddListener(meddler);
        handle = Active(new Handle(new Echo()));
        _system.RunUntilIdle();

        handle.Put(1);
        _system.RunUntilIdle();

        Assert.Equal([1, 2], new[] { handle.Get(), handle.Get() });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3000)]
    [Trait("Spec", "AX-HND-05")]
    [Trait("Spec", "AX-HND-06")]
    [Trait("Spec", "AX-HND-12")]
    public void Component_Ends_HandleEndsAndEverythingSentBeforeIsThere(int messages)
    {
        BoxScript sender = new(SendAll);
        Handle handle = Active(new Handle(sender));

        // Nothing that goes by it ends the handle before that.
        Assert.False(handle.Completion.IsCompleted);
        handle.Put(new ShutdownMicroprocess(), "control");
        _system.RunUntilIdle();

        Assert.True(handle.Completion.IsCompletedSuccessfully);
        Assert.Empty(_system.Scheduler.ListAll());
        for (int i = 0; i < messages; i++)
        {
            Assert.Equal(i, handle.Get());
        }

        Assert.True(Assert.Throws<HandleEmptyException>(() => handle.Get()).HasEnded);
        Assert.Throws<HandleEmptyException>(() => handle.Get(Timeout.InfiniteTimeSpan));
        Assert.Throws<InvalidOperationException>(() => handle.Put("too late"));
        Assert.False(handle.TryPut("too late"));

        IEnumerator<Yield> SendAll(Component self)
        {
            while (!self.DataReady("control"))
            {
                yield return self.Pause();
            }

            for (int i = 0; i < messages; i++)
            {
                self.Send(i);
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-HND-05")]
    public void Component_Crashes_WaitersHearThatItHasEnded()
    {
        Scheduler scheduler = new();
        Handle handle = new Handle(new BoxScript(Crash)).Activate(scheduler);
        using Background background = new Background(scheduler).Start();
        Task<object?> second = GetTwice();

        Assert.Equal("last words", handle.Get(Patience.Limit));
        Assert.True(Assert.Throws<HandleEmptyException>(() => handle.Get(Patience.Limit)).HasEnded);
        Assert.True(Assert.Throws<HandleEmptyException>(second.Within).HasEnded);
        Assert.Throws<NotSupportedException>(() => background.Join(Patience.Limit));

        Task<object?> GetTwice() => handle.GetAsync("signal");

        static IEnumerator<Yield> Crash(Component self)
        {
            self.Send("last words");
            yield return 1;
            throw new NotSupportedException();
        }
    }

    [Fact]
    [Trait("Spec", "AX-HND-07")]
    public void Put_ComponentDoesNotTakeThem_KeepsAllWithoutWaiting()
    {
        const int Messages = 50_000;
        BoxScript slow = new(Receive);
        slow.SetInboxSize("inbox", 3);
        Handle handle = Active(new Handle(slow));

        for (int i = 0; i < Messages; i++)
        {
            handle.Put(i);
        }

        _system.RunUntilIdle(cycleBudget: 1_000_000);
        for (int i = 0; i < Messages; i++)
        {
            Assert.Equal(i, handle.Get());
        }

        static IEnumerator<Yield> Receive(Component self)
        {
            while (true)
            {
                foreach (object? message in self.Inbox())
                {
                    self.Send(message);
                }

                yield return self.Pause();
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-HND-08")]
    public void UnknownBox_ThrowsAtOnceAndNamesThoseWrapped()
    {
        Handle handle = new(new Echo());

        Assert.Contains("only inbox, control", Assert.Throws<KeyNotFoundException>(() => handle.Put(1, "outbox")).Message, StringComparison.Ordinal);
        Assert.All<Action>(
            [() => handle.Get("inbox"), () => handle.TryGet(out _, "x"), () => handle.Count("x"), () => handle.Get(TimeSpan.Zero, "x"), () => handle.GetAllAsync("x")],
            call => Assert.Throws<KeyNotFoundException>(call));
    }

    [Fact]
    [Trait("Spec", "AX-HND-11")]
    public void Idle_NobodyIsStepped()
    {
        Handle handle = Active(new Handle(new Echo()));
        handle.Put(1);
        _system.RunUntilIdle();
        _system.Trace.Clear();

        // Getting is no business of the scheduler's.
        handle.Get();
        _system.Cycles(5);

        Assert.True(_system.Scheduler.IsIdle);
        _system.Trace.Expect("");
    }

    [Fact]
    [Trait("Spec", "AX-HND-13")]
    public void GetWithTime_OutputComes_ReturnsItAndOtherwiseThrows()
    {
        Scheduler scheduler = new();
        Handle handle = new Handle(new Echo()).Activate(scheduler);
        using Background background = new Background(scheduler).Start();

        Assert.Throws<HandleEmptyException>(() => handle.Get(TimeSpan.Zero));
        Assert.False(Assert.Throws<HandleEmptyException>(() => handle.Get(TimeSpan.FromMilliseconds(1))).HasEnded);
        Task<object?> waiting = Task.Run(() => handle.Get(Timeout.InfiniteTimeSpan));
        handle.Put("now");

        Assert.Equal("now", waiting.Within());
    }

    [Fact]
    public void GetAsync_Cancelled_ThrowsAndLosesNothing()
    {
        Handle handle = Active(new Handle(new Echo()));
        using CancellationTokenSource cancelled = new();
        Task<object?> waiting = handle.GetAsync(cancellationToken: cancelled.Token);

        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(waiting.Within);
        handle.Put(1);
        _system.RunUntilIdle();

        Assert.Equal(1, handle.GetAsync().Within());
    }

    [Fact]
    [Trait("Spec", "AX-HND-14")]
    public void Boxes_OutsideTheStandardOnes_AreWrappedAndMissingStandardOnesSkipped()
    {
        Odd odd = new();
        Handle handle = Active(new Handle(odd, ["secondary"], ["debug"]));

        handle.Put("in", "secondary");
        _system.RunUntilIdle();

        Assert.Equal("in", handle.Get("debug"));
        Assert.Throws<KeyNotFoundException>(() => handle.Put(1));
        Assert.Throws<KeyNotFoundException>(() => handle.Get());
        Assert.Throws<KeyNotFoundException>(() => new Handle(new Odd(), ["no such"]));
    }

    [Fact]
    [Trait("Spec", "AX-HND-15")]
    public void Shutdown_PutsThreeMessagesWaitsAndClosesTheHandle()
    {
        Scheduler scheduler = new();
        List<object?> control = [];
        Handle handle = new Handle(new BoxScript(Listen)).Activate(scheduler);
        using Background background = new Background(scheduler).Start();

        Assert.True(handle.Shutdown(Patience.Limit));

        Assert.Collection(
            control,
            message => Assert.IsType<Shutdown>(message),
            message => Assert.IsType<ProducerFinished>(message),
            message => Assert.IsType<ShutdownMicroprocess>(message));
        Assert.Throws<InvalidOperationException>(() => handle.Put(1));
        Assert.Throws<InvalidOperationException>(() => handle.Get());
        Assert.True(handle.Shutdown());

        IEnumerator<Yield> Listen(Component self)
        {
            while (true)
            {
                control.AddRange(self.Inbox("control"));
                if (control.Count == 3)
                {
                    yield break;
                }

                yield return self.Pause();
            }
        }
    }

    [Fact]
    [Trait("Spec", "AX-HND-15")]
    public void Shutdown_ComponentDoesNotObey_GivesUpWhenTheTimeIsUp()
    {
        Handle handle = Active(new Handle(new BoxIdler()));

        // The clock stands still until it is moved, so this waits for exactly its time.
        Task<bool> shutdown = Task.Run(() => handle.Shutdown());
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                _system.Clock.Advance(TimeSpan.FromSeconds(1));
                return shutdown.IsCompleted;
            },
            Patience.Limit));

        Assert.False(shutdown.Within());
        Assert.Throws<InvalidOperationException>(() => handle.TryGet(out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "AX-HND-02")]
    [Trait("Spec", "AX-HND-16")]
    [Trait("Spec", "AX-HND-17")]
    [Trait("Spec", "AX-EX-05")]
    public void Reverser_ActivatedBeforeOrAfterTheBackground_Reverses(bool before)
    {
        Scheduler scheduler = new();
        Handle reverser = new(new Reverser());
        reverser.Put("early");
        using Background background = new(scheduler);
        if (before)
        {
            reverser.Activate(scheduler);
            background.Start();
        }
        else
        {
            background.Start();
            reverser.Activate(scheduler);
        }

        reverser.Put("abc");

        Assert.Equal("ylrae", reverser.Get(Patience.Limit));
        Assert.Equal("cba", reverser.Get(Patience.Limit));
        reverser.Put(new ProducerFinished(), "control");
        Assert.True(background.Join(Patience.Limit));
    }

    [Fact]
    public void New_ComponentActiveOrEnded_Throws()
    {
        BoxIdler active = _system.Activate(new BoxIdler());
        BoxIdler ended = new();
        ended.Stop();

        Assert.Throws<InvalidOperationException>(() => new Handle(active));
        Assert.Throws<InvalidOperationException>(() => new Handle(ended));
    }

    [Fact]
    public void SchedulerStops_LastWordsAreThereAndTheHandleHasEnded()
    {
        Handle handle = Active(new Handle(new BoxScript(Body)));

        _system.Scheduler.Stop();
        _system.Cycle();

        Assert.Equal("finally", handle.Get());
        Assert.True(handle.Completion.IsCompleted);

        static IEnumerator<Yield> Body(Component self)
        {
            try
            {
                while (true)
                {
                    yield return self.Pause();
                }
            }
            finally
            {
                self.Send("finally");
            }
        }
    }

    // Several put, several get in each of the three ways; what went in comes out once, and each putter's messages in its order.
    [Fact]
    [Trait("Spec", "AX-HND-10")]
    public async Task ManyThreads_PutAndGet_EveryMessageOnceAndInOrder()
    {
        const int Putters = 4;
        int each = Stress.Messages / Putters;
        Scheduler scheduler = new();
        Handle handle = new Handle(new Echo()).Activate(scheduler);
        using Background background = new Background(scheduler).Start();
        List<(int Putter, int Number)>[] got = [[], [], []];
        Task[] getters =
        [
            Task.Factory.StartNew(GetBlocking, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default),
            GetAwaiting(),
            GetAll(),
        ];

        await Task.WhenAll(Enumerable.Range(0, Putters).Select(putter => Task.Run(() =>
        {
            for (int i = 0; i < each; i++)
            {
                handle.Put((putter, i));
            }
        })));
        handle.Put(new ProducerFinished(), "control");
        await Task.WhenAll(getters).WaitAsync(Stress.Limit);

        foreach (List<(int Putter, int Number)> one in got)
        {
            Assert.All(one.GroupBy(message => message.Putter), mine => Assert.Equal(mine.Select(m => m.Number).Order(), mine.Select(m => m.Number)));
        }

        Assert.Equal(
            Enumerable.Range(0, Putters).SelectMany(putter => Enumerable.Range(0, each).Select(number => (putter, number))),
            got.SelectMany(one => one).Order());

        void GetBlocking()
        {
            try
            {
                while (true)
                {
                    got[0].Add(((int, int))handle.Get(Timeout.InfiniteTimeSpan)!);
                }
            }
            catch (HandleEmptyException)
            {
                // It has ended.
            }
        }

        async Task GetAwaiting()
        {
            await Task.Yield();
            try
            {
                while (true)
                {
                    got[1].Add(((int, int))(await handle.GetAsync())!);
                }
            }
            catch (HandleEmptyException)
            {
                // It has ended.
            }
        }

        async Task GetAll()
        {
            await Task.Yield();
            await foreach (object? message in handle.GetAllAsync())
            {
                got[2].Add(((int, int))message!);
            }
        }
    }

    private Handle Active(Handle handle)
    {
        handle.Activate(_system.Scheduler);
        _system.RunUntilIdle();
        return handle;
    }

    // Once, in the step in which the first message is sent.
    private sealed class Meddler(Action meddle) : SchedulerListener
    {
        private bool _isDone;

        public override void Sent(Postbox from, Postbox? destination, object? message)
        {
            if (!_isDone)
            {
                _isDone = true;
                meddle();
            }
        }
    }

    // Sends what comes, and obeys ProducerFinished once it has sent everything.
    private sealed class Echo : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                foreach (object? message in Inbox())
                {
                    Send(message);
                }

                while (TryRecv(out object? message, "control"))
                {
                    Send(message, "signal");
                    if (message is ProducerFinished && !DataReady())
                    {
                        yield break;
                    }
                }

                yield return Pause();
            }
        }
    }

    private sealed class Reverser : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            while (!DataReady("control"))
            {
                while (DataReady())
                {
                    Send(new string([.. Recv<string>().Reverse()]));
                }

                yield return Pause();
            }
        }
    }

    [Inbox("secondary")]
    [Outbox("debug")]
    private sealed class Odd : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                while (TryRecv(out object? message, "secondary"))
                {
                    Send(message, "debug");
                }

                yield return Pause();
            }
        }
    }
}
