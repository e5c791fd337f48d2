// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>The selector's own book-keeping, with a poller that says what the test wants.</summary>
public sealed class SelectorScriptedTests : IDisposable
{
    private readonly ScriptedPoller _poller = new();
    private readonly World _world;
    private readonly Client _client = new();

    public SelectorScriptedTests()
    {
        _world = new World(poller: _poller);
        _client.Use(_world.Selector);
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    [Trait("Spec", "INT-SEL-05")]
    public void NewReader_OnlyTheSocketAskedForIsWatched()
    {
        Socket one = MakeSocket();
        Socket other = MakeSocket();

        _client.Read(one);
        _world.Cycles(1);

        Assert.Equal(Readiness.Read, _poller.InterestIn(one));
        Assert.Equal(Readiness.None, _poller.InterestIn(other));
        _poller.SetReady((one, Readiness.Read), (other, Readiness.Read));
        _world.Cycles(1);
        Assert.Equal([one], _client.Take("r"));
    }

    [Theory]
    [Trait("Spec", "INT-SEL-05")]
    [Trait("Spec", "INT-SEL-06")]
    [Trait("Spec", "INT-SEL-07")]
    [InlineData(Readiness.Read, "r")]
    [InlineData(Readiness.Write, "w")]
    [InlineData(Readiness.Exceptional, "x")]
    public void Registrations_OfThreeSockets_AreToldInOrderOfRegistration(Readiness readiness, string box)
    {
        Socket[] sockets = [MakeSocket(), MakeSocket(), MakeSocket()];
        foreach (Socket socket in sockets)
        {
            Ask(readiness, socket);
        }

        _poller.SetReady((sockets[2], readiness), (sockets[0], readiness), (sockets[1], readiness));
        _world.Cycles(1);

        Assert.Equal(sockets, _client.Take(box));
    }

    [Fact]
    [Trait("Spec", "INT-SEL-14")]
    public void OneRound_ReadersBeforeWritersBeforeExceptionals_EachInOrderOfRegistration()
    {
        // Six sockets, so that the message tells which registration it answers; one inbox for all, so that it shows the order.
        Socket[] s = [MakeSocket(), MakeSocket(), MakeSocket(), MakeSocket(), MakeSocket(), MakeSocket()];
        (Component, string) target = (_client, "r");
        _client.Ask(
            new NewExceptional(_client, target, s[0]),
            new NewWriter(_client, target, s[1]),
            new NewExceptional(_client, target, s[2]),
            new NewReader(_client, target, s[3]),
            new NewWriter(_client, target, s[4]),
            new NewReader(_client, target, s[5]));
        const Readiness All = Readiness.Read | Readiness.Write | Readiness.Exceptional;

        // As a poller may find them: in any order.
        _poller.SetReady((s[2], All), (s[5], All), (s[4], All), (s[0], All), (s[3], All), (s[1], All));
        _world.Cycles(1);

        Assert.Equal([s[3], s[5], s[1], s[4], s[0], s[2]], _client.Take("r"));
    }

    [Fact]
    [Trait("Spec", "INT-SEL-15")]
    public void Requests_AreAllDealtWithBeforeTheNextWait()
    {
        Socket one = MakeSocket();
        Socket two = MakeSocket();
        int waits = _poller.Waits.Count;

        _client.Read(one);
        _client.Ask(new RemoveReader(_client, one));
        _client.Read(two);
        _client.Write(one);

        Assert.Equal(waits, _poller.Waits.Count);
        _world.Cycles(1);
        Assert.Equal(waits + 1, _poller.Waits.Count);
        Assert.Equal(Readiness.Write, _poller.InterestIn(one));
        Assert.Equal(Readiness.Read, _poller.InterestIn(two));
    }

    [Fact]
    [Trait("Spec", "INT-SEL-15")]
    public void MindChangedBeforeTheNextWait_TheSystemHearsOnlyOfTheResult()
    {
        Socket socket = MakeSocket();
        _client.Read(socket);
        _client.Write(socket);
        _world.Cycles(1);
        Assert.Equal([(socket, Readiness.Read | Readiness.Write)], _poller.Calls);

        // Served, and asked for once more before the next wait: nothing has changed for the system.
        _poller.SetReady((socket, Readiness.Write));
        _world.Cycles(1);
        _poller.SetReady();
        _client.Write(socket);
        _client.Ask(new RemoveReader(_client, socket));
        _client.Read(socket);
        _world.Cycles(1);

        Assert.Single(_poller.Calls);
    }

    [Fact]
    [Trait("Spec", "INT-SEL-15")]
    public void AskedAndTakenBackBeforeTheNextWait_TheSystemHearsNothing()
    {
        Socket socket = MakeSocket();
        _client.Read(socket);
        _client.Ask(new RemoveReader(_client, socket));

        _world.Cycles(1);

        Assert.Empty(_poller.Calls);
    }

    [Fact]
    [Trait("Spec", "INT-SEL-13")]
    [Trait("Spec", "INT-SEL-15")]
    public void RemoveX_TakesTheSocketOut()
    {
        Socket socket = MakeSocket();
        _client.Read(socket);
        _client.Write(socket);
        _client.Except(socket);
        _world.Cycles(1);

        _client.Ask(new RemoveReader(_client, socket), new RemoveWriter(_client, socket), new RemoveExceptional(_client, socket));

        _poller.SetReady((socket, Readiness.Read | Readiness.Write | Readiness.Exceptional));
        _world.Settle();
        Assert.Equal(Readiness.None, _poller.InterestIn(socket));
        Assert.False(_client.AnyReady());
    }

    [Fact]
    [Trait("Spec", "INT-SEL-08")]
    public void ReportThatNobodyWants_IsSilencedInsteadOfBeingHeardForEver()
    {
        Socket socket = MakeSocket();
        _client.Read(socket);
        _poller.SetReady((socket, Readiness.Read));

        _world.Cycles(3);

        Assert.Equal([socket], _client.Take("r"));
        Assert.Equal(Readiness.None, _poller.InterestIn(socket));
    }

    [Fact]
    [Trait("Spec", "INT-SEL-21")]
    public void SocketThatTheSystemRefuses_IsToldBeforeTheNextWaitAndTheOthersAreServed()
    {
        Socket bad = MakeSocket();
        Socket good = MakeSocket();
        _poller.Refused.Add(bad);

        _client.Read(bad);
        _client.Read(good);
        _world.Cycles(1);

        Assert.Equal([bad], _client.Take("r"));
        Assert.Equal(1, _world.Selector.RegistrationCount);
        _poller.SetReady((good, Readiness.Read));
        _world.Cycles(1);
        Assert.Equal([good], _client.Take("r"));
    }

    [Fact]
    [Trait("Spec", "INT-SEL-23")]
    public void Notification_TargetStaysFull_IsTriedAgainAndNothingIsLostOrDoubled()
    {
        _client.SetInboxSize("r", 0);
        Socket socket = MakeSocket();
        _client.Read(socket);
        _poller.SetReady((socket, Readiness.Read));
        _world.Settle();
        Assert.Empty(_client.Take("r"));

        _client.SetInboxSize("r", null);
        _world.Cycles(2);

        Assert.Equal([socket], _client.Take("r"));
        _world.Settle();
        Assert.Empty(_client.Take("r"));
    }

    [Fact]
    [Trait("Spec", "INT-SEL-24")]
    public void Notification_TargetEndedWhileItWasFull_IsDropped()
    {
        Client mortal = new Client().Use(_world.Selector);
        mortal.SetInboxSize("r", 0);
        Socket socket = MakeSocket();
        mortal.Read(socket);
        _poller.SetReady((socket, Readiness.Read));
        _world.Settle();

        mortal.Stop();
        mortal.SetInboxSize("r", null);
        _world.Settle();

        Assert.Empty(mortal.Take("r"));
    }

    [Fact]
    public void MessagesThatAreNoRequests_AreIgnored()
    {
        _world.Selector.GetInbox("notify").Append("hello");
        _world.Selector.GetInbox("notify").Append(null);
        _world.Selector.GetInbox("inbox").Append("hello");
        _world.Settle();

        Assert.False(_world.Selector.IsStopped);
        Assert.Equal(0, _world.Selector.Waiting());
        Socket socket = MakeSocket();
        _client.Read(socket);
        _poller.SetReady((socket, Readiness.Read));
        _world.Cycles(1);
        Assert.Equal([socket], _client.Take("r"));
    }

    [Fact]
    [Trait("Spec", "INT-GEN-06")]
    public void Request_SentAgainAndAgain_IsTheSameObjectAndGoodEachTime()
    {
        Socket socket = MakeSocket();
        NewReader request = new(_client, (_client, "r"), socket);
        _poller.SetReady((socket, Readiness.Read));

        for (int i = 0; i < 3; i++)
        {
            _client.Ask(request);
            _world.Cycles(1);
            Assert.Equal([socket], _client.Take("r"));
            Assert.Same(socket, request.Selectable);
            Assert.Equal((_client, "r"), request.Target);
        }
    }

    [Fact]
    [Trait("Spec", "INT-SEL-31")]
    public void Stop_OfTheScheduler_ToleratesRequestsThatComeAfterTheSelectorsEnd()
    {
        // Adapters withdraw their registrations when they are stopped, and the selector was activated before them.
        Socket socket = MakeSocket();
        _client.Read(socket);

        _world.Scheduler.Stop();
        _world.Scheduler.RunCycle();
        Assert.True(_poller.IsDisposed);
        _client.Ask(new RemoveReader(_client, socket), new NewReader(_client, (_client, "r"), socket), new RemoveReader(_client, socket));

        Assert.Empty(_client.Take("r"));
    }

    [Fact]
    public void TwoSelectors_OfOneScheduler_ShareOnePoller()
    {
        ScriptedPoller spare = new();
        Selector second = new(new SelectorOptions(), spare);
        Client early = new Client().Use(second);
        Socket socket = MakeSocket();
        early.Read(socket);

        second.Activate(_world.Scheduler);
        _world.Cycles(3);

        Assert.True(spare.IsDisposed);
        Assert.Equal(Readiness.Read, _poller.InterestIn(socket));
        Assert.Equal(1, second.RegistrationCount);
        Assert.Equal(0, _world.Selector.RegistrationCount);
        _poller.SetReady((socket, Readiness.Read));
        _world.Cycles(1);
        Assert.Equal([socket], early.Take("r"));
        Assert.Equal(0, second.RegistrationCount);
    }

    private Socket MakeSocket() => _world.Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));

    private void Ask(Readiness readiness, Socket socket)
    {
        switch (readiness)
        {
            case Readiness.Read:
                _client.Read(socket);
                break;
            case Readiness.Write:
                _client.Write(socket);
                break;
            default:
                _client.Except(socket);
                break;
        }
    }
}
