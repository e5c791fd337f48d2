// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>Registrations and notifications, with real sockets.</summary>
public class SelectorTests
{
    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-05")]
    public void NewReader_DataArrives_TellsTheSocketItself(PollerKind kind)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        (Far far, Socket near) = world.Pair();

        client.Read(near);
        world.Settle();
        Assert.Empty(client.Take("r"));
        far.Send([1]);
        world.RunUntil(() => client.DataReady("r"));
        world.Settle();

        Assert.Equal([near], client.Take("r"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-06")]
    public void NewWriter_FreshSocket_TellsAtOnce(PollerKind kind)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        (_, Socket near) = world.Pair();

        client.Write(near);
        world.Cycles(1);

        Assert.Equal([near], client.Take("w"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-06")]
    public void NewWriter_SocketWithoutRoom_TellsWhenThereIsSome(PollerKind kind)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        (Far far, Socket near) = world.Pair(buffer: 16 * 1024);
        while (near.Send(new byte[4096], SocketFlags.None, out SocketError error) > 0 && error == SocketError.Success)
        {
        }

        client.Write(near);
        world.Settle();
        Assert.Empty(client.Take("w"));
        world.RunUntil(() =>
        {
            far.Look();
            return client.DataReady("w");
        });

        Assert.Equal([near], client.Take("w"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-07")]
    public void NewExceptional_OutOfBandData_Tells(PollerKind kind)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        (Far far, Socket near) = world.Pair();

        client.Except(near);
        far.Send([1]);
        world.Settle();
        Assert.Empty(client.Take("x"));
        far.Socket.Send([2], SocketFlags.OutOfBand);
        world.RunUntil(() => client.DataReady("x"));
        world.Settle();

        Assert.Equal([near], client.Take("x"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-08")]
    [Trait("Spec", "INT-SEL-09")]
    public void NewReader_DataLeftUnread_TellsOnceForEachRegistration(PollerKind kind)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        (Far far, Socket near) = world.Pair();
        far.Send([1, 2, 3]);
        Assert.True(near.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead));

        for (int i = 0; i < 3; i++)
        {
            client.Read(near);
            world.Cycles(1);
            Assert.Equal([near], client.Take("r"));
            Assert.Equal(0, world.Selector.RegistrationCount);
            far.Send([4]);
            world.Settle();
            Assert.Empty(client.Take("r"));
        }
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-10")]
    public void ReaderWriterAndExceptional_OfOneSocket_AreToldOnceEach(PollerKind kind)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        (Far far, Socket near) = world.Pair();
        far.Send([1]);
        far.Socket.Send([2], SocketFlags.OutOfBand);

        client.Read(near);
        client.Write(near);
        client.Except(near);
        Assert.Equal(3, world.Selector.RegistrationCount);
        world.RunUntil(() => client.DataReady("r") && client.DataReady("w") && client.DataReady("x"));
        world.Settle();

        Assert.Equal([near], client.Take("r"));
        Assert.Equal([near], client.Take("w"));
        Assert.Equal([near], client.Take("x"));
        Assert.Equal(0, world.Selector.RegistrationCount);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-10")]
    public void ReaderAndWriter_OfOneSocket_FireIndependently(PollerKind kind)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        (Far far, Socket near) = world.Pair();

        client.Read(near);
        client.Write(near);
        world.Settle();
        Assert.Equal([near], client.Take("w"));
        Assert.Empty(client.Take("r"));
        far.Send([1]);
        world.RunUntil(() => client.DataReady("r"));

        Assert.Equal([near], client.Take("r"));
        Assert.Empty(client.Take("w"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-11")]
    public void NewReader_SecondWhileTheFirstIsLive_IsIgnored(PollerKind kind)
    {
        using World world = new(kind);
        Client first = new Client().Use(world.Selector);
        Client second = new Client().Use(world.Selector);
        (Far far, Socket near) = world.Pair();

        first.Read(near);
        second.Read(near);
        Assert.Equal(1, world.Selector.RegistrationCount);
        far.Send([1]);
        world.RunUntil(() => first.DataReady("r"));
        world.Settle();

        Assert.Equal([near], first.Take("r"));
        Assert.Empty(second.Take("r"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-11")]
    public void NewWriterAndNewExceptional_SecondWhileTheFirstIsLive_AreIgnored(PollerKind kind)
    {
        using World world = new(kind);
        Client first = new Client().Use(world.Selector);
        Client second = new Client().Use(world.Selector);
        (Far far, Socket near) = world.Pair();
        far.Socket.Send([2], SocketFlags.OutOfBand);

        first.Write(near);
        second.Write(near);
        first.Except(near);
        second.Except(near);
        world.RunUntil(() => first.DataReady("w") && first.DataReady("x"));
        world.Settle();

        Assert.Empty(second.Take("w"));
        Assert.Empty(second.Take("x"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-12")]
    public void NewReader_AfterTheFirstFiredOrWasWithdrawn_MayHaveAnyTarget(PollerKind kind)
    {
        using World world = new(kind);
        Client first = new Client().Use(world.Selector);
        Client second = new Client().Use(world.Selector);
        (Far far, Socket near) = world.Pair();
        far.Send([1]);

        first.Read(near);
        world.RunUntil(() => first.DataReady("r"));
        first.Take("r");
        second.Read(near);
        world.RunUntil(() => second.DataReady("r"));
        second.Take("r");

        second.Read(near);
        first.Ask(new RemoveReader(first, near));
        first.Read(near);
        world.RunUntil(() => first.DataReady("r"));
        world.Settle();

        Assert.Empty(second.Take("r"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-13")]
    public void Registrations_ThatFiredOrWereWithdrawn_LeaveNothingBehind(PollerKind kind)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        (Far far, Socket near) = world.Pair();
        int feeders = world.Selector.GetInbox("notify").Incoming.Count();

        client.Read(near);
        client.Write(near);
        client.Except(near);
        Assert.Equal(3, world.Selector.RegistrationCount);
        far.Send([1]);
        world.RunUntil(() => client.DataReady("r") && client.DataReady("w"));
        Assert.Equal(1, world.Selector.RegistrationCount);
        client.Ask(new RemoveExceptional(client, near));

        Assert.Equal(0, world.Selector.RegistrationCount);
        Assert.Equal(2, world.Selector.OutboxNames.Count);
        Assert.Equal(0, world.Selector.Postoffice.Count);
        Assert.Equal(feeders, world.Selector.GetInbox("notify").Incoming.Count());
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-15")]
    public void RemoveReader_RightAfterNewReader_LeavesNobodyToTell(PollerKind kind)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        (Far far, Socket near) = world.Pair();
        far.Send([1]);
        Assert.True(near.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead));

        client.Ask(new NewReader(client, (client, "r"), near), new RemoveReader(client, near));
        world.Settle();

        Assert.Empty(client.Take("r"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-16")]
    public void Removals_OfWhatIsNotRegistered_DoNothing(PollerKind kind)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        (Far far, Socket near) = world.Pair();

        for (int i = 0; i < 3; i++)
        {
            client.Ask(new RemoveReader(client, near), new RemoveWriter(client, near), new RemoveExceptional(client, near));
            world.Cycles(2);
        }

        Assert.Equal(0, world.Selector.RegistrationCount);
        client.Read(near);
        far.Send([1]);
        world.RunUntil(() => client.DataReady("r"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-17")]
    public void RemoveReader_LeavesTheWriterAlone(PollerKind kind)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        (Far far, Socket near) = world.Pair();
        far.Send([1]);

        client.Read(near);
        client.Write(near);
        client.Ask(new RemoveReader(client, near));
        world.Settle();

        Assert.Equal([near], client.Take("w"));
        Assert.Empty(client.Take("r"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-18")]
    public void Notification_ThatWasOnItsWayWhenItWasWithdrawn_MayStillArrive(PollerKind kind)
    {
        // A client has to tolerate it, so what counts is that the selector does: nothing is left, and it can be asked again.
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        (Far far, Socket near) = world.Pair();
        far.Send([1]);
        client.Read(near);
        world.RunUntil(() => client.DataReady("r"));

        client.Ask(new RemoveReader(client, near));

        Assert.Equal([near], client.Take("r"));
        Assert.Equal(0, world.Selector.RegistrationCount);
        client.Read(near);
        world.RunUntil(() => client.DataReady("r"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-21")]
    public void ClosedSocket_AmongOthers_IsToldAndForgottenAndTheOthersWork(PollerKind kind)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        Client bystander = new Client().Use(world.Selector);
        List<(Far Far, Socket Near)> pairs = [.. Enumerable.Range(0, 20).Select(_ => world.Pair())];
        pairs.ForEach(pair => (pair == pairs[7] ? client : bystander).Read(pair.Near));
        world.Settle();

        pairs[7].Near.Dispose();
        world.RunUntil(() => client.DataReady("r"));

        Assert.Equal([pairs[7].Near], client.Take("r"));
        Assert.Equal(19, world.Selector.RegistrationCount);
        pairs[19].Far.Send([1]);
        world.RunUntil(() => bystander.DataReady("r"));
        Assert.Equal([pairs[19].Near], bystander.Take("r"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-21")]
    public void NewReader_OfAClosedSocket_IsToldAtOnce(PollerKind kind)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        (_, Socket near) = world.Pair();
        near.Dispose();

        client.Read(near);
        world.RunUntil(() => client.DataReady("r"));
        world.Settle();

        Assert.Equal([near], client.Take("r"));
        Assert.Equal(0, world.Selector.RegistrationCount);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-21")]
    public void NewWriter_OfAClosedSocketWhoseNumberIsInUseAgain_HarmsNobody(PollerKind kind)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        Client bystander = new Client().Use(world.Selector);
        (_, Socket near) = world.Pair();
        client.Read(near);
        world.Cycles(1);
        near.Dispose();

        // Before the selector has looked: somebody gets the number, and the old owner asks once more.
        (Far far, Socket heir) = world.Pair();
        bystander.Read(heir);
        client.Write(near);
        world.RunUntil(() => client.DataReady("r") && client.DataReady("w"));
        far.Send([1]);
        world.RunUntil(() => bystander.DataReady("r"));

        Assert.Equal([heir], bystander.Take("r"));
        Assert.Equal(0, world.Selector.RegistrationCount);
    }

    [LinuxTheory(descriptors: 4000), EachPoller]
    [Trait("Spec", "INT-SEL-22")]
    public void NewReader_MoreThan1024Sockets_TellsAll(PollerKind kind)
    {
        const int Count = 1300;
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        List<Socket> sockets = ReadySockets(world, Count);

        sockets.ForEach(client.Read);
        HashSet<object?> told = [];
        world.RunUntil(() =>
        {
            told.UnionWith(client.Take("r"));
            return told.Count == Count;
        });

        Assert.Contains(sockets, socket => socket.Handle > 1023);
        Assert.Equal(0, world.Selector.RegistrationCount);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-23")]
    public void Notification_TargetFull_IsDeliveredWhenThereIsRoom(PollerKind kind)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        client.SetInboxSize("r", 1);
        (Far far, Socket near) = world.Pair();
        (Far otherFar, Socket otherNear) = world.Pair();
        far.Send([1]);
        otherFar.Send([1]);

        client.Read(near);
        client.Read(otherNear);
        world.RunUntil(() => client.DataReady("r") && world.Selector.RegistrationCount == 0);
        world.Settle();
        Assert.Equal(1, client.Waiting("r"));
        List<object?> told = [.. client.Take("r")];
        world.RunUntil(() => client.DataReady("r"));
        told.AddRange(client.Take("r"));
        world.Settle();

        Assert.Empty(client.Take("r"));
        Assert.Equal(new HashSet<object?> { near, otherNear }, [.. told]);
        Assert.Equal(2, told.Count);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-24")]
    public void Notification_TargetHasEnded_IsDropped(PollerKind kind)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector).Activate(world.Scheduler);
        world.Cycles(3);
        (Far far, Socket near) = world.Pair();
        client.Read(near);
        client.GetInbox("control").Append(new ShutdownMicroprocess());
        world.RunUntil(() => client.IsStopped);
        Assert.Equal(1, world.Selector.RegistrationCount);

        far.Send([1]);
        world.RunUntil(() => world.Selector.RegistrationCount == 0);
        world.Settle();

        Assert.Empty(client.Take("r"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-25")]
    public void ReadySockets_ThatReRegister_AreToldOnceARound(PollerKind kind)
    {
        const int Count = 100;
        const int Rounds = 5;
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        List<Socket> sockets = ReadySockets(world, Count);

        for (int round = 0; round < Rounds; round++)
        {
            sockets.ForEach(client.Read);
            world.Cycles(1);
            Assert.Equal(sockets, client.Take("r"));
        }
    }

    [LinuxTheory(descriptors: 1500), EachPoller]
    [Trait("Spec", "INT-SEL-25")]
    public void ReadySockets_MoreThanOneWaitReports_NoneStarves(PollerKind kind)
    {
        const int Count = 700;
        const int Rounds = 30;
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        Dictionary<object, int> told = ReadySockets(world, Count).ToDictionary(socket => (object)socket, _ => 0);

        for (int round = 0; round < Rounds; round++)
        {
            foreach (Socket socket in told.Keys.Cast<Socket>())
            {
                client.Read(socket);
            }

            world.Cycles(1);
            foreach (object? socket in client.Take("r"))
            {
                told[socket!]++;
            }
        }

        Assert.InRange(told.Values.Max() - told.Values.Min(), 0, 1);
        Assert.True(told.Values.Min() >= Rounds / 4, $"Somebody was told {told.Values.Min()} times in {Rounds} rounds.");
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-GEN-03")]
    public void Selector_ManyIdleRegistrations_TakesNoSteps(PollerKind kind)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        for (int i = 0; i < 10; i++)
        {
            client.Read(world.Pair().Near);
        }

        world.Settle();
        int before = world.Recorder.TotalSteps;
        for (int i = 0; i < 100; i++)
        {
            world.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(before, world.Recorder.TotalSteps);
    }

    [Theory, EachPoller]
    public void PollerName_IsThatOfThePollerAskedFor(PollerKind kind)
    {
        using World world = new(kind);

        Assert.Equal(kind == PollerKind.Epoll ? "epoll" : "select", world.Selector.PollerName);
    }

    // Datagram sockets that have sent a datagram to themselves, which nobody reads.
    private static List<Socket> ReadySockets(World world, int count)
    {
        List<Socket> sockets = [];
        for (int i = 0; i < count; i++)
        {
            Socket socket = world.Own(new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            socket.SendTo([1], socket.LocalEndPoint!);
            Assert.True(socket.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead));
            sockets.Add(socket);
        }

        return sockets;
    }
}
