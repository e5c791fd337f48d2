// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>On the loopback interface; skipped, with the reason, where a machine does not have multicast there.</summary>
public class MulticastTests
{
    private const string Anywhere = "0.0.0.0";
    private const string Group = "239.255.77.2";
    private const string OtherGroup = "239.255.77.3";

    private static readonly MulticastOptions s_here = new() { Interface = IPAddress.Loopback };

    public static TheoryData<PollerKind, string> EachComponent
    {
        get
        {
            TheoryData<PollerKind, string> all = [];
            foreach (PollerKind kind in EachPollerAttribute.Kinds)
            {
                foreach (string component in new[] { nameof(MulticastReceiver), nameof(MulticastSender), nameof(MulticastTransceiver) })
                {
                    all.Add(kind, component);
                }
            }

            return all;
        }
    }

    [MulticastTheory, EachPoller]
    [Trait("Spec", "INT-MC-01")]
    [Trait("Spec", "INT-MC-02")]
    public void SenderToReceivers_EachMessageIsADatagram_InOrder_FromOneAddress(PollerKind kind)
    {
        using World world = new(kind);
        PeerRig receiver = new(world, new MulticastReceiver(Group, 0, s_here));
        PeerRig sender = new(world, new MulticastSender("127.0.0.1", 0, Group, receiver.Port, s_here));

        sender.Send(Bytes.Of("one"), Array.Empty<byte>(), Bytes.Of("three"));
        receiver.RunUntilHas(3);
        world.Settle();

        Assert.Equal([Bytes.Of("one"), [], Bytes.Of("three")], receiver.Collect().Payloads);
        Assert.All(receiver.Packets, packet => Assert.Equal(sender.Peer.LocalEndPoint, packet.Remote));
        Assert.Empty(sender.Collect().Packets);
    }

    [MulticastTheory, EachPoller]
    [Trait("Spec", "INT-MC-01")]
    public void Receiver_ByItself_TakesTheInterfaceOfTheSystemsChoice(PollerKind kind)
    {
        // Where there is none, it says so instead.
        using World world = new(kind);
        PeerRig receiver = new(world, new MulticastReceiver(Group, 0));
        world.Settle();

        if (receiver.Peer.Socket is { } socket)
        {
            Assert.NotEqual(0, receiver.Port);
            Assert.Equal(0, socket.GetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface));
        }
        else
        {
            Assert.IsType<BindFailed>(Assert.Single(receiver.Collect().Signals));
        }
    }

    [Fact]
    public void InterfaceOfTheOtherFamily_IsRefusedWhereItIsGiven()
    {
        Assert.Throws<ArgumentException>(() => new MulticastReceiver(Group, 0, new MulticastOptions { Interface = IPAddress.IPv6Loopback }));
    }

    [MulticastTheory, EachPoller]
    [Trait("Spec", "INT-MC-01")]
    public void Receiver_HearsItsGroupOnly(PollerKind kind)
    {
        using World world = new(kind);
        PeerRig receiver = new(world, new MulticastReceiver(Group, 0, s_here));
        PeerRig other = new(world, new MulticastTransceiver(Anywhere, 0, OtherGroup, receiver.Port, s_here));
        PeerRig sender = new(world, new MulticastSender(Anywhere, 0, Group, receiver.Port, s_here));

        other.Send(Bytes.Of("to the other group"));
        sender.Send(Bytes.Of("to this one"));
        receiver.RunUntilHas(1);
        world.Settle();

        Assert.Equal([Bytes.Of("to this one")], receiver.Collect().Payloads);
    }

    [MulticastTheory, EachPoller]
    [Trait("Spec", "INT-MC-03")]
    [Trait("Spec", "INT-MC-04")]
    public void TwoTransceivers_WhatGoesIntoTheFirst_ComesOutOfTheSecond(PollerKind kind)
    {
        using World world = new(kind);
        PeerRig second = new(world, new MulticastTransceiver(Anywhere, 0, Group, 0, s_here));
        PeerRig first = new(world, new MulticastTransceiver(Anywhere, 0, Group, second.Port, s_here));

        first.Send(Bytes.Of("hello"), Array.Empty<byte>(), Bytes.Of("there"));
        second.RunUntilHas(3);
        world.Settle();

        Assert.Equal([Bytes.Of("hello"), [], Bytes.Of("there")], second.Collect().Payloads);
        Assert.All(second.Packets, packet => Assert.Equal(new IPEndPoint(IPAddress.Loopback, first.Port), packet.Remote));
        Assert.Empty(first.Collect().Packets);

        // The second has nowhere to send to.
        second.Send(Bytes.Of("and back"));
        second.RunUntilSignals(1);
        Assert.Contains("nowhere to send", Assert.Single(second.Errors).Message, StringComparison.Ordinal);
    }

    [MulticastTheory, EachPoller]
    [Trait("Spec", "INT-MC-03")]
    [Trait("Spec", "INT-MC-06")]
    public void Transceivers_ShareAPort_AndAllHearAll_ThemselvesIncluded(PollerKind kind)
    {
        using World world = new(kind);
        PeerRig first = new(world, new MulticastTransceiver(Anywhere, 0, Group, 0, s_here));
        int port = first.Port;
        PeerRig[] members = [.. Enumerable.Range(0, 3).Select(_ => new PeerRig(world, new MulticastTransceiver(Anywhere, port, Group, port, s_here)))];

        members[0].Send(Bytes.Of("a"));
        members[0].RunUntilHas(1);
        members[2].Send(Bytes.Of("b"));

        foreach (PeerRig member in members.Append(first))
        {
            member.RunUntilHas(2);
            Assert.Equal([Bytes.Of("a"), Bytes.Of("b")], member.Payloads);
        }
    }

    [LinuxMulticastTheory, EachPoller]
    [Trait("Spec", "INT-MC-03")]
    public void Transceivers_OfTwoGroupsOnOnePort_DoNotHearEachOther(PollerKind kind)
    {
        using World world = new(kind);
        PeerRig one = new(world, new MulticastTransceiver(Anywhere, 0, Group, 0, s_here));
        PeerRig other = new(world, new MulticastTransceiver(Anywhere, one.Port, OtherGroup, one.Port, s_here));
        PeerRig sender = new(world, new MulticastSender(Anywhere, 0, Group, one.Port, s_here));

        other.Send(Bytes.Of("to the other"));
        other.RunUntilHas(1);
        sender.Send(Bytes.Of("to the one"));
        one.RunUntilHas(1);
        world.Settle();

        Assert.Equal([Bytes.Of("to the one")], one.Collect().Payloads);
        Assert.Equal([Bytes.Of("to the other")], other.Collect().Payloads);
    }

    [MulticastTheory, EachPoller]
    [Trait("Spec", "INT-MC-06")]
    [Trait("Spec", "INT-MC-12")]
    public void Receiver_SharesItsPortWithNobody(PollerKind kind)
    {
        using World world = new(kind);
        PeerRig first = new(world, new MulticastReceiver(Group, 0, s_here));
        PeerRig second = new(world, new MulticastReceiver(Group, first.Port, s_here));

        BindFailed failure = Assert.IsType<BindFailed>(Assert.Single(second.RunToEnd()));

        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.IsType<SocketException>(failure.Exception).SocketErrorCode);
        Assert.Equal(new IPEndPoint(IPAddress.Parse(Group), first.Port), failure.EndPoint);
    }

    [MulticastFact]
    [Trait("Spec", "INT-MC-05")]
    public void TimeToLive_TenForASender_255ForATransceiver_OrAsTheOptionsSay()
    {
        using World world = new();
        MulticastOptions three = s_here with { TimeToLive = 3 };

        Assert.Equal(10, TimeToLive(world, new MulticastSender(Anywhere, 0, Group, 9, s_here)));
        Assert.Equal(255, TimeToLive(world, new MulticastTransceiver(Anywhere, 0, Group, 9, s_here)));
        Assert.Equal(3, TimeToLive(world, new MulticastSender(Anywhere, 0, Group, 9, three)));
        Assert.Equal(3, TimeToLive(world, new MulticastTransceiver(Anywhere, 0, Group, 9, three)));
    }

    [MulticastFact]
    public void Loopback_IsTheSocketsOption()
    {
        using World world = new();
        foreach (bool loopback in new[] { false, true })
        {
            BasicPeer sender = new PeerRig(world, new MulticastSender(Anywhere, 0, Group, 9, s_here with { Loopback = loopback })).Peer;

            Assert.Equal(loopback ? 1 : 0, sender.Socket!.GetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastLoopback));
        }
    }

    [MulticastTheory, EachPoller]
    [Trait("Spec", "INT-MC-07")]
    [Trait("Spec", "INT-MC-09")]
    public void Unsent_IsKeptInOrder_AndFlushedBeforeTheEnd(PollerKind kind)
    {
        using World world = new(kind);
        PeerRig receiver = new(world, new MulticastReceiver(Group, 0, s_here));
        ScriptedCalls full = new() { IsFull = true };
        BasicPeer[] peers =
        [
            new MulticastTransceiver(Anywhere, 0, Group, receiver.Port, s_here) { Calls = full },
            new MulticastSender(Anywhere, 0, Group, receiver.Port, s_here) { Calls = full },
        ];
        foreach (BasicPeer peer in peers)
        {
            receiver.Packets.Clear();
            full.IsFull = true;
            PeerRig near = new(world, peer);
            ProducerFinished order = new();
            near.Send(Bytes.Of("one"), Bytes.Of("two"), Bytes.Of("three"));
            near.Order(order);
            world.Settle();
            Assert.False(peer.IsStopped);
            Assert.Empty(receiver.Collect().Packets);

            full.IsFull = false;
            Assert.Same(order, Assert.Single(near.RunToEnd()));
            receiver.RunUntilHas(3);

            Assert.Equal([Bytes.Of("one"), Bytes.Of("two"), Bytes.Of("three")], receiver.Payloads);
        }
    }

    [MulticastTheory, EachPoller]
    [Trait("Spec", "INT-MC-08")]
    public void LongestDatagram_ArrivesWhole_AtReceiverAndTransceiver(PollerKind kind)
    {
        using World world = new(kind);
        PeerRig transceiver = new(world, new MulticastTransceiver(Anywhere, 0, Group, 0, s_here));
        PeerRig member = new(world, new MulticastTransceiver(Anywhere, transceiver.Port, Group, transceiver.Port, s_here));
        PeerRig receiver = new(world, new MulticastReceiver(Group, 0, s_here));
        PeerRig sender = new(world, new MulticastSender(Anywhere, 0, Group, receiver.Port, s_here));
        byte[] longest = Bytes.Pattern(65_507);

        member.Send(longest);
        sender.Send(longest);
        transceiver.RunUntilHas(1);
        receiver.RunUntilHas(1);

        Bytes.AssertSame(longest, transceiver.Packets[0].Data.Span);
        Bytes.AssertSame(longest, receiver.Packets[0].Data.Span);
    }

    [MulticastTheory]
    [MemberData(nameof(EachComponent))]
    [Trait("Spec", "INT-MC-09")]
    [Trait("Spec", "INT-MC-11")]
    public void EitherOrder_IsPassedOn_NothingIsLeft_AndNoStepsWhileIdle(PollerKind kind, string name)
    {
        using World world = new(kind);
        foreach (Ipc order in new Ipc[] { new ProducerFinished(), new ShutdownMicroprocess() })
        {
            PeerRig near = new(world, Make(name));
            world.Settle();
            int steps = near.Steps;
            world.Advance(TimeSpan.FromSeconds(1));
            world.Settle();
            Assert.Equal(steps, near.Steps);

            near.Order(order);

            Assert.Same(order, Assert.Single(near.RunToEnd()));
            Assert.Equal(0, world.Selector.RegistrationCount);
        }
    }

    [LinuxMulticastTheory]
    [InlineData(nameof(MulticastReceiver))]
    [InlineData(nameof(MulticastTransceiver))]
    [Trait("Spec", "INT-MC-01")]
    [Trait("Spec", "INT-MC-09")]
    public void TheEnd_LeavesTheGroup(string name)
    {
        using World world = new();
        Assert.False(IsMember());
        PeerRig near = new(world, Make(name));
        Assert.True(IsMember());

        near.Order(new ShutdownMicroprocess());
        near.RunToEnd();

        Assert.False(IsMember());
    }

    [MulticastFact]
    [Trait("Spec", "INT-MC-10")]
    public void Receiver_BindsToTheGroup_OrOnWindowsToAllAddresses()
    {
        using World world = new();
        PeerRig receiver = new(world, new MulticastReceiver(Group, 0, s_here));

        Assert.Equal(OperatingSystem.IsWindows() ? IPAddress.Any : IPAddress.Parse(Group), receiver.Peer.LocalEndPoint!.Address);
        Assert.Equal(IPAddress.Any, MulticastSockets.BindAddress(IPAddress.Parse(Group), s_here, isWindows: true));
        Assert.Equal(IPAddress.IPv6Any, MulticastSockets.BindAddress(IPAddress.Parse("ff15::1"), MulticastOptions.Default, isWindows: true));
    }

    [Theory]
    [MemberData(nameof(EachComponent))]
    [Trait("Spec", "INT-MC-12")]
    public void NoSuchInterface_SaysSoAndEnds(PollerKind kind, string name)
    {
        using World world = new(kind);
        MulticastOptions nowhere = new() { Interface = IPAddress.Parse("192.0.2.77") };
        PeerRig near = new(world, Make(name, nowhere));

        BindFailed failure = Assert.IsType<BindFailed>(Assert.Single(near.RunToEnd()));

        Assert.Contains("No network interface of this machine has the address 192.0.2.77", failure.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(world.Recorder.Sent(near.Peer, "_selectorSignal"));
        Assert.Throws<SocketException>(() => Make(name, nowhere with { ThrowOnBindFailure = true }));
    }

    [LinuxTheory, EachPoller]
    [Trait("Spec", "INT-MC-12")]
    public void NoRoute_SaysSoAndEnds(PollerKind kind)
    {
        // A group of link scope, of which nobody says on which link.
        using World world = new(kind);
        BasicPeer[] peers =
        [
            new MulticastSender("::", 0, "ff02::4d01", 9),
            new MulticastTransceiver("::", 0, "ff02::4d01", 9),
            new MulticastReceiver("ff02::4d01", 9),
        ];
        foreach (BasicPeer peer in peers)
        {
            BindFailed failure = Assert.IsType<BindFailed>(Assert.Single(new PeerRig(world, peer).RunToEnd()));
            Assert.IsType<SocketException>(failure.Exception);
        }
    }

    [MulticastTheory(ipv6: true), EachPoller]
    [Trait("Spec", "INT-MC-01")]
    [Trait("Spec", "INT-MC-02")]
    [Trait("Spec", "INT-MC-04")]
    public void Ipv6_SenderAndTransceiversAndReceiver(PollerKind kind)
    {
        using World world = new(kind);
        const string Group6 = "ff15::4d02";
        MulticastOptions here = new() { Interface = MulticastSupport.Ipv6.Interface, TimeToLive = 0 };
        PeerRig receiver = new(world, new MulticastReceiver(Group6, 0, here));
        PeerRig sender = new(world, new MulticastSender("::", 0, Group6, receiver.Port, here));
        PeerRig second = new(world, new MulticastTransceiver("::", 0, Group6, 0, here));
        PeerRig first = new(world, new MulticastTransceiver("::", 0, Group6, second.Port, here));

        sender.Send(Bytes.Of("hello"));
        first.Send(Bytes.Of("there"));
        receiver.RunUntilHas(1);
        second.RunUntilHas(1);

        Assert.Equal([Bytes.Of("hello")], receiver.Payloads);
        Assert.Equal([Bytes.Of("there")], second.Payloads);
        Assert.Equal(sender.Port, receiver.Packets[0].Remote.Port);
        Assert.Equal(first.Port, second.Packets[0].Remote.Port);
    }

    [Theory]
    [InlineData(Anywhere, "10.0.0.1")]
    [InlineData(Anywhere, "::1")]
    [InlineData(Anywhere, "group.test")]
    [InlineData(Anywhere, "ff15::1")]
    [InlineData("::", Group)]
    [InlineData("localhost", Group)]
    public void BadAddress_IsRefusedWhereItIsGiven(string local, string group)
    {
        Assert.ThrowsAny<ArgumentException>(() => new MulticastTransceiver(local, 0, group, 9));
        Assert.ThrowsAny<ArgumentException>(() => new MulticastSender(local, 0, group, 9));
        if (local == Anywhere && group != "ff15::1")
        {
            Assert.ThrowsAny<ArgumentException>(() => new MulticastReceiver(group, 9));
        }
    }

    private static BasicPeer Make(string name, MulticastOptions? options = null) => name switch
    {
        nameof(MulticastReceiver) => new MulticastReceiver(Group, 0, options ?? s_here),
        nameof(MulticastSender) => new MulticastSender(Anywhere, 0, Group, 9, options ?? s_here),
        _ => new MulticastTransceiver(Anywhere, 0, Group, 9, options ?? s_here),
    };

    private static int TimeToLive(World world, BasicPeer peer) =>
        (int)new PeerRig(world, peer).Peer.Socket!.GetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive)!;

    // As Linux lists the groups: the address as a number in the machine's order.
    private static bool IsMember() => File.ReadAllText("/proc/net/igmp")
        .Contains(BitConverter.ToUInt32(IPAddress.Parse(Group).GetAddressBytes()).ToString("X8", null), StringComparison.Ordinal);
}
