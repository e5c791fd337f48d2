// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>What a selector makes of a connection that has no .NET object, of one that has got it meanwhile, and of numbers given to another.</summary>
public class SelectorConnectionTests
{
    public static TheoryData<PollerKind, bool> PollersAndWays
    {
        get
        {
            TheoryData<PollerKind, bool> data = [];
            foreach (PollerKind kind in EachPollerAttribute.Kinds)
            {
                data.Add(kind, false);
                data.Add(kind, true);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(PollersAndWays))]
    public void OneConnection_AskedForAsItselfAndAsItsSocket_IsOneRegistration(PollerKind kind, bool socketFirst)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        (Far far, ConnectedSocket near) = Connect(world);
        if (socketFirst)
        {
            client.Read(near.Socket);
            Read(client, near);
        }
        else
        {
            Read(client, near);
            client.Read(near.Socket);
        }

        Assert.Equal(1, world.Selector.RegistrationCount);
        far.Send([1]);
        world.RunUntil(() => client.DataReady("r"));
        world.Settle();
        Assert.Equal([near.Socket], client.Take("r"));
        Assert.Equal(0, world.Selector.RegistrationCount);
    }

    [Theory, MemberData(nameof(PollersAndWays))]
    [Trait("Spec", "INT-SEL-13")]
    public void OneConnection_MayBeWithdrawnTheOtherWay(PollerKind kind, bool socketFirst)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        (Far far, ConnectedSocket near) = Connect(world);
        if (socketFirst)
        {
            client.Read(near.Socket);
            client.Ask(new RemoveReader(client, near));
        }
        else
        {
            Read(client, near);
            client.Ask(new RemoveReader(client, near.Socket));
        }

        Assert.Equal(0, world.Selector.RegistrationCount);
        far.Send([1]);
        world.Settle();
        Assert.Empty(client.Take("r"));
    }

    [Theory, MemberData(nameof(PollersAndWays))]
    [Trait("Spec", "INT-SEL-13")]
    public void ClosedFirst_IsWithdrawnAllTheSame(PollerKind kind, bool socketIsMade)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        (_, ConnectedSocket near) = Connect(world);
        Read(client, near);
        world.Settle();
        Assert.True(!socketIsMade || near.Socket is not null);

        near.Dispose();
        client.Ask(new RemoveReader(client, near));

        Assert.Equal(0, world.Selector.RegistrationCount);
        world.Settle();
        Assert.Empty(client.Take("r"));
    }

    [Theory, MemberData(nameof(PollersAndWays))]
    [Trait("Spec", "INT-SEL-21")]
    public void ClosedWithoutWithdrawal_NumberGivenToAnother_TheOldOnesOwnerIsToldAndTheNewOneWorks(PollerKind kind, bool socketIsMade)
    {
        using World world = new(kind);
        Client first = new Client().Use(world.Selector);
        Client second = new Client().Use(world.Selector);
        (_, ConnectedSocket old) = Connect(world);
        Read(first, old);
        world.Settle();
        Assert.True(!socketIsMade || old.Socket is not null);
        old.Dispose();
        (Far far, ConnectedSocket heir) = ConnectAs(world, old.Descriptor);

        Read(second, heir);

        // Told at once if it has the same number, else when the selector comes by.
        world.RunUntil(() => first.DataReady("r"));
        Assert.True(Assert.IsType<Socket>(Assert.Single(first.Take("r"))).SafeHandle.IsClosed);
        Assert.Equal(1, world.Selector.RegistrationCount);

        // Late, and of no meaning.
        first.Ask(new RemoveReader(first, old));
        Assert.Equal(1, world.Selector.RegistrationCount);
        world.Settle();
        Assert.Empty(second.Take("r"));
        far.Send([1]);
        world.RunUntil(() => second.DataReady("r"));
        Assert.Equal([heir.Socket], second.Take("r"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-SEL-21")]
    public void TwoThatAreClosedAlready_BothAreTold(PollerKind kind)
    {
        using World world = new(kind);
        Client client = new Client().Use(world.Selector);
        (_, ConnectedSocket one) = Connect(world);
        one.Dispose();
        (_, ConnectedSocket other) = ConnectAs(world, one.Descriptor);
        other.Dispose();

        Read(client, one);
        Read(client, other);
        world.Settle();

        Assert.Equal(2, client.Take("r").Count);
        Assert.Equal(0, world.Selector.RegistrationCount);
    }

    private static void Read(Client client, ConnectedSocket connection) => client.Ask(new NewReader(client, (client, "r"), connection));

    private static (Far Far, ConnectedSocket Near) Connect(World world)
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Far far = world.Dial(((IPEndPoint)listener.LocalEndPoint!).Port);
        return (far, world.Own(ConnectedSocket.Accept(listener, noDelay: false)));
    }

    // As far as others of this process leave the number free.
    private static (Far Far, ConnectedSocket Near) ConnectAs(World world, nint number)
    {
        (Far Far, ConnectedSocket Near) connection;
        int attempts = 0;
        do
        {
            connection = Connect(world);
        }
        while (connection.Near.Descriptor != number && ++attempts < 20);

        return connection;
    }
}
