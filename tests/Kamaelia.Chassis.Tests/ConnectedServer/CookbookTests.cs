// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Sockets;
using System.Text;
using Axon;
using Kamaelia.Internet;

namespace Kamaelia.Chassis.Tests.ConnectedServer;

/// <summary>The servers of Kamaelia's cookbook, in bytes.</summary>
public class CookbookTests
{
    public static TheoryData<PollerKind> Pollers => ServerFixture.Pollers;

    [Theory]
    [MemberData(nameof(Pollers))]
    public void Echo_SendsBackWhatArrives(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(() => new Echo(), 0));
        Socket client = fixture.Connect(server);
        foreach (string line in (string[])["one\n", "two\n", "three\n"])
        {
            client.Say(line);
            Assert.Equal(line, fixture.Read(client, line.Length));
        }
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "INT-FLOW-08")]
    public void AnswerOnceAndClose_ClientGetsTheAnswerAndTheEnd(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        Recorder handler = new()
        {
            OnText = static (me, text) =>
            {
                me.Say($"you said {text}");
                me.Tell(new ProducerFinished());
            },
        };
        ServerCore server = fixture.Start(new SimpleServer(() => handler, 0));
        Socket client = fixture.Connect(server);
        client.Say("hello");

        Assert.Equal("you said hello", fixture.ReadToEnd(client).Text);
        fixture.RunUntil(() => handler.IsStopped);
        Assert.Equal(CloseKind.ProducerFinished, Assert.Single(handler.Goodbyes).Reason!.Kind);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void CommandShutdown_ClosesTheConnection(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(
            () => new Recorder
            {
                OnText = static (me, text) =>
                {
                    me.Say(text);
                    if (text == "shutdown")
                    {
                        me.Tell(new ShutdownMicroprocess());
                    }
                },
            },
            0));
        Socket client = fixture.Connect(server);
        client.Say("hello");
        Assert.Equal("hello", fixture.Read(client, 5));
        client.Say("shutdown");
        Assert.Equal("shutdown", fixture.ReadToEnd(client).Text);
        Assert.NotNull(server.LocalEndPoint);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void ServerThatStopsAfterItsFirstClient_IsGone(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(
            () => new RecorderWithServerSignal
            {
                OnControl = static (me, message) =>
                {
                    me.Tell(new ServerShutdown(), "serversignal");
                    me.End();
                },
            },
            0));
        fixture.Connect(server).Close();

        fixture.RunUntil(() => fixture.Scheduler.ListAll().Count == 0);
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    public void SharedState_WhatOneSaysAllHear(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        List<Recorder> room = [];
        ServerCore server = fixture.Start(new SimpleServer(
            () =>
            {
                Recorder handler = new() { OnText = (_, text) => room.ForEach(other => other.Say(text)) };
                room.Add(handler);
                return handler;
            },
            0));
        Socket[] clients = [fixture.ConnectAndWait(server), fixture.ConnectAndWait(server), fixture.ConnectAndWait(server)];

        clients[1].Say("hello all");

        Assert.All(clients, client => Assert.Equal("hello all", fixture.Read(client, 9)));
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-34")]
    public void SharedSource_AllClientsGetTheSame(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        Speaker speaker = new();
        speaker.Activate(fixture.Scheduler);
        ServerCore server = fixture.Start(new SimpleServer(() => new SubscribeTo(speaker), 0));
        Socket[] clients = [fixture.ConnectAndWait(server), fixture.ConnectAndWait(server)];
        fixture.RunUntilIdle();

        speaker.GetInbox().Append("12:00"u8.ToArray());
        Assert.All(clients, client => Assert.Equal("12:00", fixture.Read(client, 5)));
        clients[0].Close();
        fixture.RunUntil(() => server.ConnectionCount == 1);
        speaker.GetInbox().Append("13:00"u8.ToArray());
        Assert.Equal("13:00", fixture.Read(clients[1], 5));
    }

    [Theory]
    [MemberData(nameof(Pollers))]
    [Trait("Spec", "CH-SRV-33")]
    public void Chassis_MayBeTheHandler(PollerKind poller)
    {
        using ServerFixture fixture = new(poller);
        ServerCore server = fixture.Start(new SimpleServer(() => new Pipeline(new Upper(), new Echo()), 0));
        Socket client = fixture.Connect(server);
        client.Say("hello");
        Assert.Equal("HELLO", fixture.Read(client, 5));
        client.FinishSending();
        Assert.Equal(0, fixture.ReadToEnd(client).Count);
        fixture.RunUntil(() => server.ConnectionCount == 0);
        fixture.RunUntilIdle();
        Assert.DoesNotContain(fixture.Scheduler.ListAll(), left => left is Pipeline or Upper or Echo);
    }

    private sealed class Upper : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                foreach (object? message in Inbox())
                {
                    Send(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString((byte[])message!).ToUpperInvariant()));
                }

                if (TryRecv(out object? order, "control"))
                {
                    Send(order, "signal");
                    yield break;
                }

                yield return Pause();
            }
        }
    }

    /// <summary>Says to all subscribers what it hears.</summary>
    private sealed class Speaker : AdaptiveCommsComponent
    {
        private readonly List<string> _subscribers = [];

        public string Subscribe(Component subscriber)
        {
            string box = AddOutbox("subscriber");
            Link((this, box), (subscriber, "inbox"));
            _subscribers.Add(box);
            return box;
        }

        public void Unsubscribe(string box)
        {
            _subscribers.Remove(box);
            DeleteOutbox(box);
        }

        protected override IEnumerator<Yield> Main()
        {
            while (true)
            {
                foreach (object? message in Inbox())
                {
                    _subscribers.ForEach(box => Send(message, box));
                }

                yield return Pause();
            }
        }
    }

    /// <summary>Passes on what a speaker says, until the client is gone.</summary>
    private sealed class SubscribeTo(Speaker speaker) : Component
    {
        protected override IEnumerator<Yield> Main()
        {
            string subscription = speaker.Subscribe(this);
            while (!Inbox("control").Any(message => message is ProducerFinished))
            {
                foreach (object? message in Inbox())
                {
                    Send(message);
                }

                yield return Pause();
            }

            speaker.Unsubscribe(subscription);
        }
    }
}
