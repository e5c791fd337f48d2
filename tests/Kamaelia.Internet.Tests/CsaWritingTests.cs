// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Internet.Tests;

/// <summary>From <c>"inbox"</c> to the peer.</summary>
public class CsaWritingTests
{
    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-09")]
    public void Messages_AreWrittenInOrder(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(buffer: 16 * 1024);
        List<byte[]> messages = [];
        int total = 0;
        foreach (int length in (int[])[1, 50_000, 3, 200_000, 7, 1, 70_001])
        {
            messages.Add(Bytes.Pattern(length, total));
            total += length;
        }

        messages.ForEach(message => connection.Send(message));
        connection.RunUntilFarHas(total);

        Bytes.AssertSame(Bytes.Pattern(total), connection.Far.Received);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-09")]
    public void Memory_IsWrittenLikeAnArray(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        byte[] bytes = [0, 1, 2, 3, 4, 5];

        connection.Send(new ReadOnlyMemory<byte>(bytes, 1, 2), new Memory<byte>(bytes, 3, 2), new byte[] { 5 });

        Assert.Equal([1, 2, 3, 4, 5], connection.RunUntilFarHas(5));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-10")]
    public void PeerDoesNotRead_AsksTheSelectorAndWritesNoMoreUntilItIsTold(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(buffer: 16 * 1024);
        connection.Send(Bytes.Pattern(1_000_000));
        world.Settle();

        NewWriter request = world.Recorder.Sent(connection.Csa, "_selectorSignal").OfType<NewWriter>().Last();
        Assert.Equal((connection.Csa, "SendReady"), request.Target);
        Assert.Same(connection.Csa.Socket, request.Selectable);

        // It sleeps, whatever is queued, and goes on receiving.
        int steps = connection.Steps;
        world.Settle();
        Assert.Equal(steps, connection.Steps);
        connection.Far.Send([1, 2]);
        Assert.Equal([1, 2], connection.RunUntilNearHas(2));
        connection.RunUntilFarHas(1_000_000);
        Bytes.AssertSame(Bytes.Pattern(1_000_000), connection.Far.Received);
    }

    [Theory, EachPoller]
    public void ReadWhileBlockedOff_PeerDoesNotRead_NothingIsReadUntilItHasTakenWhatItWasSent(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { ReadWhileBlocked = false }, buffer: 16 * 1024);
        connection.Send(Bytes.Pattern(1_000_000));
        world.Settle();
        connection.Far.Send([1, 2]);
        world.Settle();
        Assert.Equal(0, connection.Waiting);
        int steps = connection.Steps;
        world.Settle();
        Assert.Equal(steps, connection.Steps);

        connection.RunUntilFarHas(1_000_000);

        Bytes.AssertSame(Bytes.Pattern(1_000_000), connection.Far.Received);
        Assert.Equal([1, 2], connection.RunUntilNearHas(2));
        connection.Far.Send([3]);
        Assert.Equal([1, 2, 3], connection.RunUntilNearHas(3));
    }

    [Theory, EachPoller]
    public void ReadWhileBlockedOff_PeerResetsMeanwhile_IsNoticedByTheWrite(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { ReadWhileBlocked = false }, buffer: 16 * 1024);
        connection.Send(Bytes.Pattern(1_000_000));
        world.Settle();

        connection.Far.Reset();

        Assert.Equal(CloseKind.Failed, connection.RunToEnd().Kind);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-11")]
    public void EmptyMessages_WriteNothingAndDelayNothing(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();
        world.Settle();
        int steps = connection.Steps;

        connection.Send(Array.Empty<byte>(), new byte[] { 1 }, Array.Empty<byte>(), ReadOnlyMemory<byte>.Empty, new byte[] { 2 }, Array.Empty<byte>());
        world.Cycles(2);

        Assert.Equal(steps + 1, connection.Steps);
        Assert.Equal([1, 2], connection.RunUntilFarHas(2));
        Assert.Empty(connection.Take("signal"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-12")]
    [Trait("Spec", "INT-FLOW-14")]
    public void TextWhereBytesBelong_IsReportedOnceAndTheRestIsSent(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect();

        connection.Send(new byte[] { 1 }, "text", null, new byte[] { 2 });

        Assert.Equal([1, 2], connection.RunUntilFarHas(2));
        world.Settle();
        IReadOnlyList<object?> reports = connection.Take("signal");
        Assert.Equal(2, reports.Count);
        ErrorInformation error = Assert.IsType<ErrorInformation>(reports[0]);
        Assert.Same(connection.Csa, error.Caller);
        Assert.Equal("text", error.Message);
        Assert.Contains("String", Assert.IsType<ArgumentException>(error.Exception).Message, StringComparison.Ordinal);
        Assert.False(connection.Csa.IsStopped);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-12")]
    public void TextWhereBytesBelong_ReportsSwitchedOff_IsDroppedInSilence(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { ReportErrors = false });

        connection.Send("text", new byte[] { 2 });

        Assert.Equal([2], connection.RunUntilFarHas(1));
        Assert.Empty(connection.Take("signal"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-12")]
    [Trait("Spec", "INT-GEN-01")]
    [Trait("Spec", "INT-FLOW-14")]
    public void TextWhereBytesBelong_ToThrow_EndsThisConnectionAndNoOther(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { ThrowOnBadData = true });
        Connection other = world.Connect();

        connection.Send("text", new byte[] { 2 });
        CloseReason reason = connection.RunToEnd();

        Assert.Equal(CloseKind.ComponentFailed, reason.Kind);
        Assert.IsType<ArgumentException>(reason.Exception);
        IReadOnlyList<object?> signals = connection.Take("signal");
        Assert.IsType<ErrorInformation>(signals[0]);
        Assert.IsType<ShutdownCsa>(signals[1]);
        world.RunUntil(() => connection.Far.Look().IsOver);
        Assert.Empty(connection.Far.Received);
        other.Send(new byte[] { 3 });
        Assert.Equal([3], other.RunUntilFarHas(1));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-GEN-01")]
    public void TextWhereBytesBelong_NobodyHasRoomForTheReport_HarmsNobody(PollerKind kind)
    {
        using World world = new(kind);
        Connection quiet = world.Connect();
        Connection loud = world.Connect(new CsaOptions { ThrowOnBadData = true });
        quiet.SignalRoom = 0;
        loud.SignalRoom = 0;

        quiet.Send("text", new byte[] { 1 });
        loud.Send("text");

        Assert.Equal([1], quiet.RunUntilFarHas(1));
        Assert.Equal(CloseKind.ComponentFailed, loud.RunToEnd().Kind);
        Assert.True(loud.Csa.Socket.SafeHandle.IsClosed);
        Assert.Single(loud.Take("feedback"));
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-13")]
    public void LargeMessageInManyPieces_IsNotCopied(PollerKind kind)
    {
        using World world = new(kind);
        const int Size = 5_000_000;
        Connection connection = world.Connect(buffer: 16 * 1024);
        byte[] message = Bytes.Pattern(Size);
        byte[] buffer = new byte[16 * 1024];
        connection.Send(message);
        world.Settle();

        int read = 0;
        int pieces = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        while (read < Size)
        {
            int count = connection.Far.Socket.Receive(buffer, System.Net.Sockets.SocketFlags.None, out _);
            read += count;
            pieces += count > 0 ? 1 : 0;
            world.Cycles(1);
        }

        // A copy of the rest for each piece would be hundreds of megabytes.
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(pieces > 20, $"Only {pieces} pieces.");
        Assert.True(allocated < Size, $"{allocated} bytes were allocated.");
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-20")]
    [Trait("Spec", "INT-FLOW-13")]
    public void SendQueueLimit_PeerDoesNotRead_RefusesTheNextMessage(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(new CsaOptions { SendQueueLimit = 10 }, buffer: 16 * 1024);
        byte[] block = Bytes.Pattern(100_000);
        int accepted = 0;
        while (accepted < 1000)
        {
            try
            {
                connection.Send(block);
                accepted++;
            }
            catch (NoSpaceInBoxException)
            {
                break;
            }

            world.Cycles(2);
        }

        // Ten wait, and some are in the kernel or on their way.
        Assert.InRange(accepted, 11, 900);
        Assert.Equal(10, connection.Csa.Waiting());
        connection.RunUntilFarHas(accepted * block.Length);
        connection.Send(block);
        connection.RunUntilFarHas((accepted + 1) * block.Length);
        Assert.Equal((accepted + 1) * block.Length, connection.Far.Count);
    }

    [Theory, EachPoller]
    [Trait("Spec", "INT-CSA-20")]
    public void NoSendQueueLimit_TakesWhateverItIsSent(PollerKind kind)
    {
        using World world = new(kind);
        Connection connection = world.Connect(buffer: 16 * 1024);
        byte[] block = new byte[1_000_000];
        for (int i = 0; i < 1000; i++)
        {
            connection.Send(block);
            world.Cycles(1);
        }

        Assert.InRange(connection.Csa.Waiting(), 990, 1000);
    }
}
