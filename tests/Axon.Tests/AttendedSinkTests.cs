// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests;

public class AttendedSinkTests
{
    [Fact]
    public void Size_OfAnAttendedInbox_IsNoLimitAndCannotBeSet()
    {
        List<object?> attended = [];
        Component service = new();
        service.Attend("inbox", attended.Add, () => { });

        Assert.Null(service.GetInbox().Size);
        Assert.Throws<InvalidOperationException>(() => service.SetInboxSize("inbox", 1));
        service.SetInboxSize("inbox", null);
        service.GetInbox().Append("request");

        Assert.Equal(["request"], attended);
        Assert.False(service.DataReady());
    }
}
