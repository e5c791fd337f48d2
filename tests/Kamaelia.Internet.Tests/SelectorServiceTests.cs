// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>How a selector is found, and how it ends.</summary>
public class SelectorServiceTests
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    [Fact]
    [Trait("Spec", "INT-SEL-01")]
    [Trait("Spec", "INT-SEL-03")]
    public void GetSelectorServices_NoneThere_MakesOneThatIsNotActive()
    {
        CoordinatingAssistantTracker tracker = new();

        var (service, shutdownService, created) = Selector.GetSelectorServices(tracker);

        Assert.NotNull(created);
        Assert.Null(created.Scheduler);
        Assert.Equal((created, "notify"), service);
        Assert.Equal((created, "control"), shutdownService);
        Assert.Equal((created, "notify"), tracker.RetrieveService("selector"));
        Assert.Equal((created, "control"), tracker.RetrieveService("selectorshutdown"));
    }

    [Fact]
    [Trait("Spec", "INT-SEL-02")]
    public void GetSelectorServices_Again_ReturnsTheSameAndNothingToActivate()
    {
        CoordinatingAssistantTracker tracker = new();
        var first = Selector.GetSelectorServices(tracker);

        var second = Selector.GetSelectorServices(tracker);

        Assert.Equal(first.Service, second.Service);
        Assert.Equal(first.ShutdownService, second.ShutdownService);
        Assert.Null(second.Created);
    }

    [Fact]
    [Trait("Spec", "INT-SEL-04")]
    public void GetSelectorServices_TwoTrackers_HaveTwoSelectors()
    {
        var one = Selector.GetSelectorServices(new CoordinatingAssistantTracker());
        var other = Selector.GetSelectorServices(new CoordinatingAssistantTracker());

        Assert.NotSame(one.Created, other.Created);
    }

    [Fact]
    public void GetSelectorService_InAStep_ActivatesIt()
    {
        Scheduler scheduler = new();
        (Component? Component, string Inbox) found = default;
        new Microprocess(Once(() => found = Selector.GetSelectorService())).Activate(scheduler);

        scheduler.RunCycle();
        scheduler.RunCycle();

        Assert.Same(scheduler.Tracker.RetrieveService("selector").Component, found.Component);
        Assert.Equal("notify", found.Inbox);
        Assert.Same(scheduler, found.Component!.Scheduler);
        scheduler.Stop();
        scheduler.RunCycle();
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-26")]
    public void Control_OtherMessages_AreIgnored(PollerKind kind)
    {
        using World world = new(kind);

        foreach (object? message in (object?[])[new ProducerFinished(), new ShutdownMicroprocess(), new ServerShutdown(), "stop", null])
        {
            world.Selector.GetInbox("control").Append(message);
        }

        world.Settle();

        Assert.Equal((world.Selector, "notify"), world.Tracker.RetrieveService("selector"));
        Assert.False(world.Selector.IsStopped);
        Assert.Equal(0, world.Selector.Waiting("control"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-27")]
    [Trait("Spec", "INT-SRV-28")]
    public void Shutdown_WhileUsed_TakesTheNamesAwayAndGoesOnServing(PollerKind kind)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        (Far far, Socket near) = world.Pair();
        client.Read(near);

        client.Send(new Shutdown(), "shut");
        world.Cycles(2);
        Assert.Empty(world.Tracker.ServicesRegistered());
        Selector fresh = Assert.IsType<Selector>(Selector.GetSelectorServices(world.Tracker).Created);
        fresh.Activate(world.Scheduler);
        far.Send([1]);
        world.RunUntil(() => client.DataReady("r"));

        // And later, with a registration that is new.
        client.Take("r");
        world.Advance(TimeSpan.FromHours(1));
        client.Read(near);
        world.RunUntil(() => client.DataReady("r"));
        Assert.NotSame(fresh, world.Selector);

        // Both share what they wait with, and the new one serves too.
        Client newcomer = new Client().Use(fresh);
        (Far otherFar, Socket otherNear) = world.Pair();
        newcomer.Read(otherNear);
        otherFar.Send([1]);
        world.RunUntil(() => newcomer.DataReady("r"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-28")]
    public void Shutdown_NobodyUsesIt_EndsAfterTheGracePeriod(PollerKind kind)
    {
        using World world = new(kind, new SelectorOptions { ShutdownGrace = s_grace }, anchored: false);
        Client client = new Client().Use(world.Selector);
        world.Selector.GetInbox("control").Append(new Shutdown());
        world.Cycles(3);
        Leave(client);
        world.Cycles(3);

        world.Advance(s_grace - TimeSpan.FromTicks(1));
        Assert.False(world.Selector.IsStopped);
        world.Advance(TimeSpan.FromTicks(1));

        Assert.True(world.Selector.IsStopped);
        Assert.Empty(world.Scheduler.ListAll());
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-28")]
    public void Shutdown_NeverUsed_Ends(PollerKind kind)
    {
        using World world = new(kind, anchored: false);

        world.Selector.GetInbox("control").Append(new Shutdown());
        world.Cycles(5);

        Assert.True(world.Selector.IsStopped);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-28")]
    public void Shutdown_SomebodyStillLinked_KeepsItAlive(PollerKind kind)
    {
        using World world = new(kind, new SelectorOptions { ShutdownGrace = s_grace }, anchored: false);
        Client client = new Client().Use(world.Selector);
        client.Send(new Shutdown(), "shut");
        world.Cycles(3);

        for (int i = 0; i < 10; i++)
        {
            world.Advance(s_grace);
        }

        Assert.False(world.Selector.IsStopped);
        (Far far, Socket near) = world.Pair();
        far.Send([1]);
        client.Read(near);
        world.RunUntil(() => client.DataReady("r"));

        // The period begins when the last user leaves.
        Leave(client);
        world.Cycles(3);
        world.Advance(s_grace / 2);
        Assert.False(world.Selector.IsStopped);
        world.Advance(s_grace / 2);
        Assert.True(world.Selector.IsStopped);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-28")]
    public void Shutdown_ARegistration_RestartsThePeriod(PollerKind kind)
    {
        using World world = new(kind, new SelectorOptions { ShutdownGrace = s_grace }, anchored: false);
        Client client = new();
        (Far far, Socket near) = world.Pair();
        world.Selector.GetInbox("control").Append(new Shutdown());
        world.Cycles(3);
        world.Advance(s_grace - TimeSpan.FromSeconds(1));

        // By somebody who knows the address and is not linked.
        world.Selector.GetInbox("notify").Append(new NewReader(client, (client, "r"), near));
        world.Advance(s_grace);
        Assert.False(world.Selector.IsStopped);
        far.Send([1]);
        world.RunUntil(() => client.DataReady("r"));
        world.Cycles(3);
        world.Advance(s_grace - TimeSpan.FromSeconds(1));
        Assert.False(world.Selector.IsStopped);
        world.Advance(TimeSpan.FromSeconds(1));

        Assert.True(world.Selector.IsStopped);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-28")]
    public void Shutdown_NoGracePeriod_EndsAsSoonAsNobodyUsesIt(PollerKind kind)
    {
        using World world = new(kind, anchored: false);
        Client client = new Client().Use(world.Selector);
        (Far far, Socket near) = world.Pair();
        client.Read(near);
        client.Send(new Shutdown(), "shut");
        world.Settle();
        Assert.False(world.Selector.IsStopped);

        Leave(client);
        world.Settle();
        Assert.False(world.Selector.IsStopped);
        far.Send([1]);
        world.RunUntil(() => world.Selector.IsStopped);

        Assert.Equal([near], client.Take("r"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-29")]
    public void Selector_UsedButWithoutRegistrationsForHours_Serves(PollerKind kind)
    {
        using World world = new(kind, anchored: false);
        Client client = new Client().Use(world.Selector);
        (Far far, Socket near) = world.Pair();

        for (int i = 0; i < 10; i++)
        {
            world.Advance(TimeSpan.FromHours(1));
        }

        client.Read(near);
        far.Send([1]);
        world.RunUntil(() => client.DataReady("r"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-30")]
    public void Shutdown_SecondAndThird_ChangeNothing(PollerKind kind)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        client.Send(new Shutdown(), "shut");
        world.Cycles(3);
        Selector fresh = Selector.GetSelectorServices(world.Tracker).Created!;
        fresh.Activate(world.Scheduler);

        client.Send(new Shutdown(), "shut");
        client.Send(new Shutdown(), "shut");
        world.Settle();

        // They do not take the names away from the one that has them now.
        Assert.Equal((fresh, "notify"), world.Tracker.RetrieveService("selector"));
        Assert.False(world.Selector.IsStopped);
        (Far far, Socket near) = world.Pair();
        client.Read(near);
        far.Send([1]);
        world.RunUntil(() => client.DataReady("r"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-31")]
    public void Stop_TakesTheNamesAway(PollerKind kind)
    {
        using World world = new(kind);

        world.Scheduler.Stop();
        world.Scheduler.RunCycle();

        Assert.True(world.Selector.IsStopped);
        Assert.Empty(world.Tracker.ServicesRegistered());
        world.Selector.Stop();
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-31")]
    public void Stop_NamesAlreadyRemoved_IsNoError(PollerKind kind)
    {
        using World world = new(kind);
        world.Tracker.DeregisterService("selector");

        world.Scheduler.Stop();
        world.Scheduler.RunCycle();

        Assert.Empty(world.Tracker.ServicesRegistered());
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-31")]
    public void Stop_NamesAreSomebodyElses_LeavesThemAlone(PollerKind kind)
    {
        using World world = new(kind);
        world.Tracker.Zap();
        Selector other = Selector.GetSelectorServices(world.Tracker).Created!;

        world.Scheduler.Stop();
        world.Scheduler.RunCycle();

        Assert.Equal((other, "notify"), world.Tracker.RetrieveService("selector"));
        Assert.Equal((other, "control"), world.Tracker.RetrieveService("selectorshutdown"));
    }

    [Theory, EachPoller]
    public void Stop_BeforeTheFirstStep_LeavesNothing(PollerKind kind)
    {
        CoordinatingAssistantTracker tracker = new();
        Selector selector = new(new SelectorOptions { Poller = kind });
        Selector.SetSelectorServices(selector, tracker);
        Scheduler scheduler = new();
        selector.Activate(scheduler);
        scheduler.RunCycle();

        scheduler.Stop();
        scheduler.RunCycle();

        Assert.Empty(tracker.ServicesRegistered());
        Assert.Empty(scheduler.ListAll());
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-32")]
    public void LastUserGone_RegistrationOfOneThatHasEnded_DoesNotKeepItAlive(PollerKind kind)
    {
        using World world = new(kind, anchored: false);
        Client client = new Client().Use(world.Selector).Activate(world.Scheduler);
        world.Cycles(3);
        client.Read(world.Pair().Near);

        client.GetInbox("control").Append(new ShutdownMicroprocess());
        world.Cycles(6);

        Assert.Empty(world.Scheduler.ListAll());
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-32")]
    public void LastUserGone_WhoHadUnlinkedBeforeItWasTold_LetsItEnd(PollerKind kind)
    {
        using World world = new(kind, anchored: false);
        Client client = new Client().Use(world.Selector);
        (Far far, Socket near) = world.Pair();
        client.Read(near);
        Leave(client);
        world.Settle();
        Assert.False(world.Selector.IsStopped);

        far.Send([1]);
        world.RunUntil(() => client.DataReady("r"));
        world.Cycles(5);

        Assert.Empty(world.Scheduler.ListAll());
    }

    private static void Leave(Client client) => client.Postoffice.UnlinkAll();

    private static IEnumerator<Yield> Once(Action action)
    {
        action();
        yield return 1;
    }
}
