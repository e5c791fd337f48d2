// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

public class SimplePeerTests
{
    private const string Here = "127.0.0.1";

    // 65,535 bytes less the headers: of UDP, and for IPv4 of IP.
    private const int LongestOfIpv4 = 65_507;
    private const int LongestOfIpv6 = 65_527;

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-01")]
    [Trait("Spec", "INT-UDP-03")]
    public void Inbox_EachMessageIsADatagram_InOrder(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        PeerRig near = new(world, new SimplePeer(Here, 0, Here, far.Port));

        near.Send(Bytes.Of("one"), Array.Empty<byte>(), new ReadOnlyMemory<byte>(Bytes.Of("three")), new Memory<byte>(Bytes.Of("four")));
        far.RunUntilHas(4);

        Assert.Equal([Bytes.Of("one"), [], Bytes.Of("three"), Bytes.Of("four")], far.Payloads);
        Assert.Empty(near.Collect().Signals);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-02")]
    [Trait("Spec", "INT-UDP-03")]
    public void Received_ComesOutWithItsSender(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer one = new(world);
        FarPeer other = new(world);
        PeerRig near = new(world, new SimplePeer(Here));

        one.Send(Bytes.Of("first"), near.Port);
        one.Send([], near.Port);
        other.Send(Bytes.Of("from another"), near.Port);
        one.Send(Bytes.Of("last"), near.Port);
        near.RunUntilHas(4);

        Assert.Equal([Bytes.Of("first"), [], Bytes.Of("from another"), Bytes.Of("last")], near.Payloads);
        Assert.Equal([one.EndPoint, one.EndPoint, other.EndPoint, one.EndPoint], near.Packets.Select(packet => packet.Remote));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-04")]
    public void LongestDatagram_ArrivesWhole_BothWays(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        PeerRig near = new(world, new SimplePeer(Here, 0, Here, far.Port));
        byte[] longest = Bytes.Pattern(LongestOfIpv4);

        near.Send(longest);
        far.RunUntilHas(1);
        far.Send(longest, near.Port);
        near.RunUntilHas(1);

        Bytes.AssertSame(longest, far.Received[0].Data.Span);
        Bytes.AssertSame(longest, near.Packets[0].Data.Span);
    }

    [Ipv6Theory, EachPoller]
    [Trait("Spec", "INT-UDP-02")]
    [Trait("Spec", "INT-UDP-04")]
    public void Ipv6_LongestDatagram_ArrivesWhole_BothWays(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world, IPAddress.IPv6Loopback);
        PeerRig near = new(world, new SimplePeer("::1", 0, "::1", far.Port));
        byte[] longest = Bytes.Pattern(LongestOfIpv6);

        near.Send(longest);
        far.RunUntilHas(1);
        far.Send(longest, near.Port);
        near.RunUntilHas(1);

        Bytes.AssertSame(longest, far.Received[0].Data.Span);
        Bytes.AssertSame(longest, near.Packets[0].Data.Span);
        Assert.Equal(far.EndPoint, near.Packets[0].Remote);
    }

    [Ipv6Theory, EachPoller]
    [Trait("Spec", "INT-UDP-02")]
    public void BothFamilies_OnePeerTalksToBoth_AndNamesThemPlainly(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer four = new(world);
        FarPeer six = new(world, IPAddress.IPv6Loopback);
        PeerRig near = new(world, new PostboxPeer("::"));

        four.Send(Bytes.Of("4"), near.Port);
        six.Send(Bytes.Of("6"), near.Port);
        near.RunUntilHas(2);
        near.Send([.. near.Packets]);
        four.RunUntilHas(1);
        six.RunUntilHas(1);

        Assert.Equal([four.EndPoint, six.EndPoint], near.Packets.Select(packet => packet.Remote));
        Assert.Equal([Bytes.Of("4")], four.Payloads);
        Assert.Equal([Bytes.Of("6")], six.Payloads);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-02")]
    public void Received_SharesNothingThatIsWrittenAgain(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        PeerRig near = new(world, new SimplePeer(Here));

        far.Send([1, 1, 1], near.Port);
        near.RunUntilHas(1);
        far.Send([2, 2], near.Port);
        near.RunUntilHas(2);

        Assert.Equal([[1, 1, 1], [2, 2]], near.Payloads);
        Assert.Same(near.Packets[0].Remote, near.Packets[1].Remote);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-05")]
    public void PortZero_OnePortForItsWholeLife(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        PeerRig near = new(world, new SimplePeer(Here, 0, Here, far.Port), activate: false);
        int port = near.Port;
        Assert.NotEqual(0, port);
        near.Peer.Activate(world.Scheduler);

        near.Send(Bytes.Of("question"));
        far.Send(Bytes.Of("answer"), far.RunUntilHas(1)[0].Remote.Port);
        near.RunUntilHas(1);
        near.Send(Bytes.Of("another"));
        far.RunUntilHas(2);

        Assert.All(far.Received, packet => Assert.Equal(port, packet.Remote.Port));
        Assert.Equal(port, near.Port);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-08")]
    [Trait("Spec", "INT-GEN-01")]
    public void CannotBeSent_IsReported_AndTheNextIsSent(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        PeerRig near = new(world, new SimplePeer(Here, 0, Here, far.Port));
        byte[] tooLong = new byte[LongestOfIpv4 + 1];

        near.Send(tooLong, Bytes.Of("next"));
        far.RunUntilHas(1);

        Assert.Equal([Bytes.Of("next")], far.Payloads);
        ErrorInformation error = Assert.IsType<ErrorInformation>(Assert.Single(near.Collect().Signals));
        Assert.Same(near.Peer, error.Caller);
        Assert.Same(tooLong, error.Message);
        SocketException exception = Assert.IsType<SocketException>(error.Exception);
        Assert.Equal(SocketError.MessageSize, exception.SocketErrorCode);
        Assert.Contains($"{near.Peer.Name} could not send 65508 bytes to 127.0.0.1:{far.Port}", exception.Message, StringComparison.Ordinal);
        Assert.False(near.Peer.IsStopped);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-08")]
    public void NotBytes_IsReported_AndTheNextIsSent(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        PeerRig near = new(world, new SimplePeer(Here, 0, Here, far.Port));

        near.Send("text", null, Bytes.Of("next"));
        far.RunUntilHas(1);

        Assert.Equal([Bytes.Of("next")], far.Payloads);
        Exception[] errors = near.Collect().Errors;
        Assert.Equal(2, errors.Length);
        Assert.Contains("was sent a String on \"inbox\"", errors[0].Message, StringComparison.Ordinal);
        Assert.Contains("was sent null on \"inbox\"", errors[1].Message, StringComparison.Ordinal);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-08")]
    public void NoReceiver_IsReported_AndItStillReceives(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        PeerRig near = new(world, new SimplePeer());

        near.Send(Bytes.Of("where to?"));
        near.RunUntilSignals(1);
        far.Send(Bytes.Of("here"), near.Port);
        near.RunUntilHas(1);

        Assert.Contains("nowhere to send", Assert.Single(near.Errors).Message, StringComparison.Ordinal);
    }

    [Ipv6Theory, EachPoller]
    [Trait("Spec", "INT-UDP-08")]
    public void ReceiverOfTheOtherFamily_IsReportedWithTheRemedy(PollerKind kind)
    {
        using World world = new(kind);
        PeerRig near = new(world, new SimplePeer(Here, 0, "::1", 9));

        near.Send(Bytes.Of("over there"));
        near.RunUntilSignals(1);

        SocketException exception = Assert.IsType<SocketException>(Assert.Single(near.Errors));
        Assert.Equal(SocketError.AddressFamilyNotSupported, exception.SocketErrorCode);
        Assert.Contains("Bind it to \"::\"", exception.Message, StringComparison.Ordinal);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-08")]
    public void Errors_NobodyLinked_GoToTheLog_UnlessTheyAreNotWanted(PollerKind kind)
    {
        using World world = new(kind);
        foreach (bool wanted in new[] { false, true })
        {
            SimplePeer peer = new(Here, options: new UdpOptions { ReportErrors = wanted });
            peer.GetInbox().Append("text");
            peer.Activate(world.Scheduler);
            world.Settle();

            Assert.Equal(wanted ? 1 : 0, world.Recorder.Logged.Count);
            Assert.Equal(0, peer.Waiting());
        }
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-GEN-02")]
    [Trait("Spec", "INT-UDP-01")]
    public void Name_IsLookedUpWhileNobodyWaits_AndOnce(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        TaskCompletionSource<IPAddress[]> answer = new();
        List<DnsEndPoint> asked = [];
        PeerRig near = new(world, new SimplePeer(Here, 0, "far.test", far.Port) { LookUp = name => { asked.Add(name); return answer.Task; } });

        near.Send(Bytes.Of("one"), Bytes.Of("two"));
        world.Settle();
        int steps = near.Steps;
        far.Send(Bytes.Of("meanwhile"), near.Port);
        near.RunUntilHas(1);
        world.Settle();
        Assert.InRange(near.Steps, steps, steps + 2);
        Assert.Empty(far.Look().Received);

        answer.SetResult([IPAddress.IPv6Loopback, IPAddress.Loopback]);
        far.RunUntilHas(2);
        near.Send(Bytes.Of("three"));
        far.RunUntilHas(3);

        Assert.Equal([Bytes.Of("one"), Bytes.Of("two"), Bytes.Of("three")], far.Payloads);
        Assert.Equal("far.test", Assert.Single(asked).Host);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-UDP-08")]
    public void Name_NotFound_IsReported_AndTheNextTriesAgain(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer far = new(world);
        int asked = 0;
        Task<IPAddress[]> Answer(DnsEndPoint name) => ++asked == 1
            ? Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound))
            : Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
        PeerRig near = new(world, new SimplePeer(Here, 0, "far.test", far.Port) { LookUp = Answer });

        near.Send(Bytes.Of("lost"), Bytes.Of("found"));
        far.RunUntilHas(1);

        Assert.Equal([Bytes.Of("found")], far.Payloads);
        Assert.Equal(SocketError.HostNotFound, Assert.IsType<SocketException>(Assert.Single(near.Collect().Errors)).SocketErrorCode);
    }

    [LinuxTheory, EachPoller]
    public void Broadcast_OnlyIfAllowed(PollerKind kind)
    {
        using World world = new(kind);
        FarPeer everybody = new(world, IPAddress.Any);
        PeerRig refused = new(world, new SimplePeer(Here, 0, "127.255.255.255", everybody.Port));
        PeerRig allowed = new(world, new SimplePeer(Here, 0, "127.255.255.255", everybody.Port, new UdpOptions { Broadcast = true }));

        refused.Send(Bytes.Of("no"));
        refused.RunUntilSignals(1);
        allowed.Send(Bytes.Of("yes"));
        everybody.RunUntilHas(1);

        Assert.Equal(SocketError.AccessDenied, Assert.IsType<SocketException>(Assert.Single(refused.Errors)).SocketErrorCode);
        Assert.Equal([Bytes.Of("yes")], everybody.Payloads);
    }

    [Ipv6Theory]
    [InlineData(Here)]
    [InlineData("::1")]
    public void Options_AreThoseOfTheSocket(string address)
    {
        using World world = new();
        UdpOptions options = new() { TimeToLive = 7, ReceiveBufferSize = 100_000, SendBufferSize = 50_000 };

        Socket socket = new PeerRig(world, new SimplePeer(address, options: options)).Peer.Socket!;

        Assert.Equal(7, socket.Ttl);
        Assert.InRange(socket.ReceiveBufferSize, 100_000, 200_000);
        Assert.InRange(socket.SendBufferSize, 50_000, 100_000);
    }

    [Theory]
    [InlineData("localhost", 0, Here, 1)]
    [InlineData("", 0, Here, 1)]
    [InlineData(Here, -1, Here, 1)]
    [InlineData(Here, 65_536, Here, 1)]
    [InlineData(Here, 0, "", 1)]
    [InlineData(Here, 0, Here, 65_536)]
    public void BadAddress_IsRefusedWhereItIsGiven(string local, int localPort, string receiver, int receiverPort)
    {
        Assert.ThrowsAny<ArgumentException>(() => new SimplePeer(local, localPort, receiver, receiverPort));
    }

    [Fact]
    public void ReceiverOfAStrangeKind_IsRefusedWhereItIsGiven()
    {
        IPEndPoint local = new(IPAddress.Loopback, 0);

        ArgumentException exception = Assert.Throws<ArgumentException>(() => new SimplePeer(local, new UnixDomainSocketEndPoint("/somewhere")));

        Assert.Contains("UnixDomainSocketEndPoint", exception.Message, StringComparison.Ordinal);
    }
}
