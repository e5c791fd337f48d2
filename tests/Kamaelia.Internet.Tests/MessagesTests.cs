// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace Kamaelia.Internet.Tests;

public sealed class MessagesTests : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Client _client = new();

    public void Dispose() => _socket.Dispose();

    [Fact]
    [Trait("Spec", "INT-IPC-01")]
    public void SocketShutdown_ToSomebodyWhoKnowsOnlyProducerFinished_IsOne()
    {
        object message = new SocketShutdown(_client, new CloseReason(CloseKind.PeerClosed));

        ProducerFinished finished = Assert.IsAssignableFrom<ProducerFinished>(message);
        Assert.Same(_client, finished.Caller);
    }

    [Fact]
    [Trait("Spec", "INT-IPC-02")]
    public void ServerShutdown_IsAShutdownMicroprocessAndNotTheReverse()
    {
        Assert.IsAssignableFrom<ShutdownMicroprocess>(new ServerShutdown());
        Assert.IsNotAssignableFrom<ServerShutdown>(new ShutdownMicroprocess());
    }

    [Fact]
    [Trait("Spec", "INT-IPC-03")]
    public void NewCsa_WithoutASocket_HasNone()
    {
        NewCsa without = new(_client, _client);
        NewCsa with = new(_client, _client, _socket);

        Assert.Null(without.Sock);
        Assert.True(without.HandlesWriting);
        Assert.Same(_socket, with.Sock);
    }

    [Fact]
    [Trait("Spec", "INT-IPC-05")]
    public void ShutdownCsa_HasCallerAdapterAndReason()
    {
        CloseReason reason = new(CloseKind.Shutdown);

        ShutdownCsa message = new(_client, _client, reason);

        Assert.Same(_client, message.Caller);
        Assert.Same(_client, message.Object);
        Assert.Same(reason, message.Reason);
        Assert.True(message.IsShutdown);
        Assert.False(new NewServer(_client, _client).HandlesWriting);
    }

    [Fact]
    [Trait("Spec", "INT-IPC-06")]
    [Trait("Spec", "INT-IPC-08")]
    public void BindFailed_IsAnOrderWithPlaceAndException()
    {
        SocketException exception = new((int)SocketError.AddressAlreadyInUse);
        IPEndPoint endPoint = new(IPAddress.Loopback, 80);

        BindFailed message = Assert.IsType<BindFailed>(new BindFailed(endPoint, exception), exactMatch: true);

        Assert.IsAssignableFrom<ShutdownMicroprocess>(message);
        Assert.Same(endPoint, message.EndPoint);
        Assert.Same(exception, message.Exception);
        Assert.Contains("127.0.0.1:80", message.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Spec", "INT-IPC-07")]
    public void PeerFinishedSending_IsAProducerFinished() => Assert.IsAssignableFrom<ProducerFinished>(new PeerFinishedSending(_client));

    [Fact]
    public void Registration_KnowsWhoAsksForWhatAndWhomToTell()
    {
        NewReader reader = new(_client, (_client, "r"), _socket);

        Assert.Same(_client, reader.Caller);
        Assert.Equal((_client, "r"), reader.Target);
        Assert.Same(_socket, reader.Selectable);
        Assert.Equal(Readiness.Read, reader.Readiness);
        Assert.Equal(Readiness.Write, new NewWriter(_client, (_client, "w"), _socket).Readiness);
        Assert.Equal(Readiness.Exceptional, new NewExceptional(_client, (_client, "x"), _socket).Readiness);
    }

    [Fact]
    public void Registration_OfAnInboxThatIsNotThere_Throws()
    {
        Assert.Throws<KeyNotFoundException>(() => new NewReader(_client, (_client, "nowhere"), _socket));
        Assert.Throws<ArgumentNullException>(() => new NewReader(_client, (_client, "r"), null!));
    }

    [Fact]
    [Trait("Spec", "INT-GEN-06")]
    public void Messages_CannotBeChanged()
    {
        IEnumerable<PropertyInfo> settable = typeof(Selector).Assembly.GetExportedTypes()
            .Where(type => type.IsAssignableTo(typeof(Ipc)))
            .SelectMany(type => type.GetProperties())
            .Where(property => property.SetMethod is { } setter && !IsInitOnly(setter));

        Assert.Empty(settable);
    }

    [Fact]
    [Trait("Spec", "INT-GEN-05")]
    public void CloseReason_SaysWhatAndWhyInTypes()
    {
        CloseReason reset = new(CloseKind.Failed, new SocketException((int)SocketError.ConnectionReset));

        Assert.Equal(SocketError.ConnectionReset, reset.SocketError);
        Assert.Equal("Failed (ConnectionReset)", reset.ToString());
        Assert.Null(new CloseReason(CloseKind.PeerClosed).SocketError);
        Assert.Equal("PeerClosed", new CloseReason(CloseKind.PeerClosed).ToString());
    }

    private static bool IsInitOnly(MethodInfo setter) =>
        setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit));
}
