// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics;
using System.Diagnostics.Metrics;
using Axon.TestKit;

namespace Axon.Tests;

/// <summary>The meter and the source of activities are shared by the process: what a test measures bears the name of its scheduler.</summary>
public class MetricsTests
{
    private readonly string _name = Guid.NewGuid().ToString();
    private readonly VirtualClock _clock = new();
    private readonly Scheduler _scheduler;

    public MetricsTests()
    {
        _scheduler = new Scheduler(new SchedulerOptions { Clock = _clock, Immortal = true });
    }

    [Fact]
    public void Instruments_HaveNamesUnitsAndDescriptions()
    {
        using Readings readings = new(_name);

        Assert.Equal(
            [
                "axon.components.active {component}",
                "axon.components.crashed {component}",
                "axon.cycles {cycle}",
                "axon.inbox.depth {message}",
                "axon.messages.dropped {message}",
                "axon.messages.received {message}",
                "axon.messages.refused {message}",
                "axon.messages.sent {message}",
                "axon.steps {step}",
                "axon.wake.latency s",
            ],
            readings.Instruments.Select(instrument => $"{instrument.Name} {instrument.Unit}").Order(StringComparer.Ordinal));
        Assert.All(readings.Instruments, instrument => Assert.NotEmpty(instrument.Description!));
        Assert.IsType<UpDownCounter<long>>(Assert.Single(readings.Instruments, instrument => instrument.Name == "axon.components.active"));
    }

    [Fact]
    public void Run_IsMeasured()
    {
        using Readings readings = new(_name);
        _scheduler.AddListener(new SchedulerMetrics(_name));
        Actor receiver = new(self => Bodies.Script(_ => { }, _ => self.Recv(), _ => self.Recv())(self));
        Actor sender = new(Bodies.Script(
            self =>
            {
                self.Send("one");
                self.Send("two");
                self.TrySend("three");
                self.Send("nobody hears", "signal");
            },
            _ => throw new NotSupportedException()));
        sender.Link((sender, "outbox"), (receiver, "inbox"), pipeWidth: 2);
        receiver.Activate(_scheduler);
        sender.Activate(_scheduler);
        while (_scheduler.RunCycle())
        {
        }

        Assert.Equal(2, readings.Sum("axon.messages.sent"));
        Assert.Equal([1, 2], readings.Values("axon.inbox.depth"));
        Assert.Equal(1, readings.Sum("axon.messages.refused"));
        Assert.Equal(1, readings.Sum("axon.messages.dropped"));
        Assert.Equal(2, readings.Sum("axon.messages.received"));
        Assert.Equal(6, readings.Sum("axon.steps"));
        Assert.Equal(4, readings.Sum("axon.cycles"));
        Assert.Equal([1, 1, -1, -1], readings.Values("axon.components.active"));
        Assert.Equal([1], readings.Values("axon.components.crashed"));
        Assert.Contains(readings.Tags("axon.components.crashed"), tag => tag is { Key: "error.type", Value: "System.NotSupportedException" });
        Assert.Equal([0], readings.Values("axon.wake.latency"));
    }

    [Fact]
    public void WakeOfAnotherThread_ItsLatencyIsMeasured()
    {
        BoxIdler sleeper = new BoxIdler().Activate(_scheduler);
        _scheduler.RunCycle();
        using Readings readings = new(_name);
        _scheduler.AddListener(new SchedulerMetrics(_name));

        OtherThread.Do(sleeper.Unpause);
        _clock.Advance(TimeSpan.FromMilliseconds(250));
        _scheduler.RunCycle();

        Assert.Equal([0.25], readings.Values("axon.wake.latency"));
    }

    [Fact]
    public void Reader_ThatComesLate_HearsOfNoComponentLess()
    {
        _scheduler.AddListener(new SchedulerMetrics(_name));
        BoxIdler early = new BoxIdler().Activate(_scheduler);
        _scheduler.RunCycle();
        using Readings readings = new(_name);
        early.Stop();
        _scheduler.RunCycle();
        _scheduler.RunCycle();

        Assert.Empty(readings.Values("axon.components.active"));
    }

    [Fact]
    public void Messages_CostNoMemory_WhetherSomebodyReadsOrNot()
    {
        const int Cycles = 2000;
        SchedulerMetrics metrics = new(_name);
        _scheduler.AddListener(metrics);
        _scheduler.AddListener(new SchedulerActivities());
        object message = new();
        Actor one = new Actor(PassOn).Activate(_scheduler);
        Actor other = new Actor(PassOn).Activate(_scheduler);
        one.Link((one, "outbox"), (other, "inbox"));
        one.Link((other, "outbox"), (one, "inbox"));
        one.GetInbox().Append(message);

        Assert.Equal(0, AllocatedByCycles());

        long steps = 0;
        using MeterListener reader = new();
        reader.InstrumentPublished = (instrument, me) =>
        {
            if (instrument.Meter.Name == SchedulerMetrics.MeterName)
            {
                me.EnableMeasurementEvents(instrument);
            }
        };
        reader.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (instrument.Name == "axon.steps" && tags.Length > 0 && (string?)tags[0].Value == _name)
            {
                steps += value;
            }
        });
        reader.Start();

        Assert.Equal(0, AllocatedByCycles());
        Assert.InRange(steps, Cycles, 4 * Cycles);

        long AllocatedByCycles()
        {
            Run(200);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Run(Cycles);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        void Run(int cycles)
        {
            for (int i = 0; i < cycles; i++)
            {
                _scheduler.RunCycle();
            }
        }

        static IEnumerator<Yield> PassOn(Actor self)
        {
            while (true)
            {
                while (self.TryRecv(out object? received))
                {
                    self.Send(received);
                }

                yield return self.Pause();
            }
        }
    }

    [Fact]
    public void Life_IsAnActivity()
    {
        using Lives lives = new();
        _scheduler.AddListener(new SchedulerActivities());
        Microprocess fine = new Fine().Activate(_scheduler);
        Microprocess poor = new Poor().Activate(_scheduler);
        using Activity outer = new Activity(_name).Start();
        while (_scheduler.RunCycle())
        {
            Assert.Same(outer, Activity.Current);
        }

        Activity[] ended = [.. lives.Ended.Where(life => life.ParentId == outer.Id)];
        Assert.Equal(["Fine", "Poor"], ended.Select(life => life.OperationName));
        Assert.Equal(fine.Name, ended[0].GetTagItem("axon.component.name"));
        Assert.Equal(poor.Id, ended[1].GetTagItem("axon.component.id"));
        Assert.Equal([ActivityStatusCode.Unset, ActivityStatusCode.Error], ended.Select(life => life.Status));
        Assert.Equal("exception", Assert.Single(ended[1].Events).Name);
    }

    [Fact]
    public void Activities_NobodyListensTo_AreNotMade()
    {
        _scheduler.AddListener(new SchedulerActivities());
        new Fine().Activate(_scheduler);
        while (_scheduler.RunCycle())
        {
            Assert.Null(Activity.Current);
        }
    }

    private sealed class Fine : Microprocess
    {
        protected override IEnumerator<Yield> Main()
        {
            yield return 1;
        }
    }

    private sealed class Poor : Microprocess
    {
        protected override IEnumerator<Yield> Main()
        {
            yield return 1;
            throw new NotSupportedException("poor");
        }
    }

    private sealed class Lives : IDisposable
    {
        private readonly ActivityListener _listener;

        public Lives()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == SchedulerActivities.SourceName,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = life =>
                {
                    lock (Ended)
                    {
                        Ended.Add(life);
                    }
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public List<Activity> Ended { get; } = [];

        public void Dispose() => _listener.Dispose();
    }
}
