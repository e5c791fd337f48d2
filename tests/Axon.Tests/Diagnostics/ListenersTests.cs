// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

/// <summary>Several listeners behind one field, and the events that are not part of a trace.</summary>
public class ListenersTests
{
    private readonly Scheduler _scheduler = new(new SchedulerOptions { Clock = new VirtualClock() });

    [Fact]
    public void AddAndRemove_RestoreNull()
    {
        Trace one = new();
        Trace other = new();
        Trace third = new();

        _scheduler.AddListener(one);
        Assert.Same(one, _scheduler.Listener);
        _scheduler.AddListener(other);
        _scheduler.AddListener(third);
        _scheduler.RemoveListener(one);
        _scheduler.RemoveListener(third);
        Assert.Same(other, _scheduler.Listener);
        _scheduler.RemoveListener(other);

        Assert.Null(_scheduler.Listener);
    }

    [Fact]
    public void Add_ThatIsThere_AndRemove_ThatIsNot_ChangeNothing()
    {
        Trace one = new();
        Trace other = new();
        _scheduler.RemoveListener(one);
        _scheduler.AddListener(one);
        _scheduler.AddListener(one);
        _scheduler.RemoveListener(other);

        Assert.Same(one, _scheduler.Listener);
        _scheduler.AddListener(other);
        SchedulerListener? both = _scheduler.Listener;
        _scheduler.AddListener(other);
        _scheduler.RemoveListener(new Trace());
        Assert.Same(both, _scheduler.Listener);
    }

    [Fact]
    public void TwoTraces_SeeTheSame()
    {
        Trace one = new();
        Trace other = new();
        _scheduler.AddListener(one);
        _scheduler.AddListener(other);
        Actor receiver = new(self => Bodies.Script(_ => self.Recv(), _ => self.Pause())(self));
        Actor sender = new(Bodies.Script(
            self => self.Link((self, "outbox"), (receiver, "inbox"), pipeWidth: 1),
            self => self.Send(1),
            self => self.TrySend(2),
            self => self.Pause(),
            _ => throw new InvalidOperationException("enough")));
        sender.Activate(_scheduler);
        for (int i = 0; i < 5; i++)
        {
            _scheduler.RunCycle();
        }

        receiver.Activate(_scheduler);
        Assert.Throws<InvalidOperationException>(() => _scheduler.RunThreads());

        one.Expect(other.Lines);
        string[] kinds = [.. one.Lines.Select(line => line.Split(' ')[0]).Distinct().Order()];
        Assert.Equal(["activate", "crash", "link", "pause", "receive", "refuse", "send", "step", "unlink", "wake"], kinds);
    }

    [Fact]
    public void Boxes_AddedAndDeleted_AreTold()
    {
        AdaptiveBoxIdler component = new();
        component.AddInbox("before");
        component.Activate(_scheduler);
        Notes notes = new();
        _scheduler.AddListener(notes);
        _scheduler.AddListener(new Notes());

        component.AddInbox("news");
        component.AddOutbox("views");
        component.DeleteInbox("news");
        component.DeleteOutbox("signal");

        Assert.Equal(["add inbox news", "add outbox views", "delete inbox news", "delete outbox signal"], notes.Lines);
    }

    [Fact]
    public void Linkage_OfAContainerBetweenThoseWhoAreNotActive_IsTold()
    {
        Trace trace = new(TraceKinds.Link);
        Component maker = new BoxIdler().Activate(_scheduler);
        trace.Name(maker, "maker");
        _scheduler.AddListener(trace);
        BoxIdler one = new();
        BoxIdler other = new();

        Linkage linkage = maker.Link((one, "outbox"), (other, "inbox"));
        maker.Unlink(linkage);

        trace.Expect("""
            link BoxIdler.outbox -> BoxIdler2.inbox
            unlink BoxIdler.outbox -> BoxIdler2.inbox
            """);
    }

    [Fact]
    public void Requests_OfOtherThreads_AreToldWithTheDelayOfTheFirst()
    {
        VirtualClock clock = (VirtualClock)_scheduler.Clock;
        Notes notes = new();
        BoxIdler sleeper = new BoxIdler().Activate(_scheduler);
        while (!_scheduler.IsIdle)
        {
            _scheduler.RunCycle();
        }

        OtherThread.Do(sleeper.Unpause);
        _scheduler.RunCycle();
        _scheduler.AddListener(notes);
        _scheduler.AddListener(new Notes());
        OtherThread.Do(sleeper.Unpause);
        clock.Advance(TimeSpan.FromMilliseconds(3));
        OtherThread.Do(() => _scheduler.Post(() => { }));
        clock.Advance(TimeSpan.FromMilliseconds(4));
        _scheduler.RunCycle();

        _scheduler.RunCycle();
        OtherThread.Do(sleeper.Unpause);
        _scheduler.RunCycle();

        Assert.Equal(["arrive 7", "arrive 0"], notes.Lines);
    }

    [Fact]
    public void Park_IsTold_WithTheTimeToTheNextTimer()
    {
        VirtualClock clock = new();
        Scheduler scheduler = new(new SchedulerOptions { Clock = clock, Parker = new JumpingParker(clock) });
        Notes notes = new();
        new Actor(self => Bodies.Script(_ => self.Pause(TimeSpan.FromSeconds(2)))(self)).Activate(scheduler);
        scheduler.AddListener(notes);
        scheduler.AddListener(new Notes());

        scheduler.RunThreads();

        Assert.Equal(["park 2000"], notes.Lines);
    }

    private sealed class Notes : SchedulerListener
    {
        public List<string> Lines { get; } = [];

        public override void BoxAdded(Postbox box) => Lines.Add($"add {Kind(box)} {box.Name}");

        public override void BoxDeleted(Postbox box) => Lines.Add($"delete {Kind(box)} {box.Name}");

        public override void Arrived(TimeSpan delay) => Lines.Add($"arrive {delay.TotalMilliseconds}");

        public override void Parking(TimeSpan timeout) => Lines.Add($"park {timeout.TotalMilliseconds}");

        private static string Kind(Postbox box) => box.ToString().Split(' ')[0];
    }
}
