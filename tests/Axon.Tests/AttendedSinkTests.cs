// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests;

public class AttendedSinkTests
{
    [Fact]
    public void Size_OfAnAttendedInbox_IsNoLimitAndCannotBeSet()
    {
        List<object?> attended = [];
        Service service = new(attended);

        Assert.Null(service.GetInbox().Size);
        Assert.Throws<InvalidOperationException>(() => service.SetInboxSize("inbox", 1));
        service.SetInboxSize("inbox", null);
        service.GetInbox().Append("request");

        Assert.Equal(["request"], attended);
        Assert.False(service.DataReady());
    }

    private sealed class Service(List<object?> attended) : Component
    {
        internal override RealSink MakeInbox(string name) => new AttendedSink(this, name, attended.Add);
    }
}
