// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;

namespace Kamaelia.Internet.Tests;

public class TargettedPeerTests
{
    private const string Here = "127.0.0.1";

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-06")]
    [Trait("Spec", "INT-UNG-12")]
    public void Target_AppliesToWhatIsSentAfterwards(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer first = new(world);
        FarPeer second = new(world);
        FarPeer third = new(world);
        PeerRig near = new(world, new TargettedPeer(Here, 0, Here, first.Port));

        near.Send(Bytes.Of("to the first"));
        first.RunUntilHas(1);
        near.Target((Here, second.Port));
        near.Send(Bytes.Of("to the second"));
        second.RunUntilHas(1);
        near.Target(second.EndPoint);
        near.Target(third.EndPoint);
        near.Send(Bytes.Of("to the third"));
        third.RunUntilHas(1);

        Assert.Equal([Bytes.Of("to the first")], first.Look().Payloads);
        Assert.Equal([Bytes.Of("to the second")], second.Look().Payloads);
        Assert.Equal([Bytes.Of("to the third")], third.Payloads);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UNG-12")]
    public void Target_WhileOneIsHeldBack_ThatOneKeepsItsDestination(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer old = new(world);
        FarPeer @new = new(world);
        ScriptedCalls calls = new() { IsFull = true };
        PeerRig near = new(world, new TargettedPeer(Here, 0, Here, old.Port) { Calls = calls });
        near.Send(Bytes.Of("held back"), Bytes.Of("behind it"));
        world.Settle();
        Assert.NotEmpty(calls.Tried);

        near.Target(@new.EndPoint);
        world.Settle();
        calls.IsFull = false;
        @new.RunUntilHas(1);

        Assert.Equal([Bytes.Of("held back")], old.RunUntilHas(1).Select(packet => packet.Data.ToArray()));
        Assert.Equal([Bytes.Of("behind it")], @new.Payloads);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-06")]
    public void Target_Nonsense_IsReported_AndTheOldOneStays(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        PeerRig near = new(world, new TargettedPeer(Here, 0, Here, far.Port));

        foreach (object? nonsense in new object?[] { null, "far.test", (Here, 0), (Here, 65_536), ("", 1), new IPEndPoint(IPAddress.Loopback, 0), (1, Here) })
        {
            near.Target(nonsense);
        }

        near.Send(Bytes.Of("as before"));
        far.RunUntilHas(1);

        Exception[] errors = near.Collect().Errors;
        Assert.Equal(7, errors.Length);
        Assert.All(errors, error => Assert.Contains("on \"target\", and can only use an IPEndPoint", error.Message, StringComparison.Ordinal));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-06")]
    public void Target_ANameByWayOfAnEndPointOrAPair_IsLookedUp(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        List<string> asked = [];
        TargettedPeer peer = new(new IPEndPoint(IPAddress.Loopback, 0))
        {
            LookUp = name =>
            {
                asked.Add(name.Host);
                return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
            },
        };
        PeerRig near = new(world, peer);

        near.Target(new DnsEndPoint("one.test", far.Port));
        near.Send(Bytes.Of("one"));
        far.RunUntilHas(1);
        near.Target(Tuple.Create("two.test", far.Port));
        near.Send(Bytes.Of("two"));
        far.RunUntilHas(2);
        near.Target((IPAddress.Loopback, far.Port));
        near.Send(Bytes.Of("three"));
        far.RunUntilHas(3);

        Assert.Equal(["one.test", "two.test"], asked);
        Assert.Empty(near.Collect().Errors);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-06")]
    public void TargetedPeer_IsTheSame(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        PeerRig near = new(world, new TargetedPeer(Here));

        near.Target(far.EndPoint);
        near.Send(Bytes.Of("hello"));

        far.RunUntilHas(1);
        Assert.IsAssignableFrom<TargettedPeer>(near.Peer);
        Assert.Equal(["inbox", "target", "control", "readReady", "writeReady"], near.Peer.InboxNames);
    }
}
