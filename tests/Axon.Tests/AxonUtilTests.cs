// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests;

// The only tests that touch AxonUtil.Production, which is the whole process's: one class is one after another.
public class AxonUtilTests
{
    [Fact]
    [Trait("Spec", "AX-UTL-01")]
    public void Production_ByDefault_IsFalse()
    {
        using FreshAxon axon = new();

        Assert.False((bool)axon.Method(nameof(AxonUtil), $"get_{nameof(AxonUtil.Production)}").Invoke(null, [])!);
    }

    [Fact]
    [Trait("Spec", "AX-UTL-02")]
    public void Raise_NotInProduction_ThrowsThatVeryExceptionAndReportsNothing()
    {
        List<Exception> logged = [];
        Exception given = new NoSpaceInBoxException(2, 2);
        AxonUtil.ErrorLogged += logged.Add;
        try
        {
            Assert.Same(given, Assert.Throws<NoSpaceInBoxException>(() => AxonUtil.Raise(given)));
        }
        finally
        {
            AxonUtil.ErrorLogged -= logged.Add;
        }

        Assert.Empty(logged);
    }

    [Fact]
    [Trait("Spec", "AX-UTL-02")]
    public void Raise_InProduction_ReturnsFalseAndReports()
    {
        List<Exception> logged = [];
        Exception given = new NoSpaceInBoxException(2, 2);
        AxonUtil.ErrorLogged += logged.Add;
        AxonUtil.Production = true;
        try
        {
            Assert.False(AxonUtil.Raise(given));
        }
        finally
        {
            AxonUtil.Production = false;
            AxonUtil.ErrorLogged -= logged.Add;
        }

        Assert.Same(given, Assert.Single(logged));
    }

    [Fact]
    [Trait("Spec", "AX-UTL-02")]
    public void Raise_InProductionAndNobodyListens_ReturnsFalse()
    {
        AxonUtil.Production = true;
        try
        {
            Assert.False(AxonUtil.Raise(new NormalShutdownException()));
        }
        finally
        {
            AxonUtil.Production = false;
        }
    }

    [Theory]
    [InlineData(new int[0], 1, new int[0])]
    [InlineData(new[] { 1, 2, 3 }, 4, new[] { 1, 2, 3 })]
    [InlineData(new[] { 1, 2, 1, 3, 1, 1 }, 1, new[] { 2, 3 })]
    [InlineData(new[] { 3, 1, 2, 1 }, 1, new[] { 3, 2 })]
    [InlineData(new[] { 1, 1 }, 1, new int[0])]
    [Trait("Spec", "AX-UTL-03")]
    public void RemoveAll_Occurrences_AreGoneAndTheRestIsInOrder(int[] list, int value, int[] expected)
    {
        List<int> actual = [.. list];

        AxonUtil.RemoveAll(actual, value);

        Assert.Equal(expected, actual);
    }

    [Fact]
    [Trait("Spec", "AX-UTL-03")]
    public void RemoveAll_Null_IsAValue()
    {
        List<string?> list = ["a", null, "b", null];

        AxonUtil.RemoveAll(list, null);

        Assert.Equal(["a", "b"], list);
    }

    [Theory]
    [InlineData(new string[0], new string[0], true)]
    [InlineData(new string[0], new[] { "a" }, true)]
    [InlineData(new[] { "b", "a" }, new[] { "a", "b", "c" }, true)]
    [InlineData(new[] { "a", "a" }, new[] { "a" }, true)]
    [InlineData(new[] { "a" }, new[] { "a", "a" }, true)]
    [InlineData(new[] { "a" }, new string[0], false)]
    [InlineData(new[] { "a", "d" }, new[] { "a", "b", "c" }, false)]
    [Trait("Spec", "AX-UTL-04")]
    public void ListSubset_RequiredAndSupplied_IsInclusionOfSets(string[] required, string[] supplied, bool expected)
    {
        Assert.Equal(expected, AxonUtil.ListSubset(required, supplied));
    }

    [Fact]
    [Trait("Spec", "AX-UTL-05")]
    public void TestInterface_AllThere_IsTrue()
    {
        Component component = new();

        Assert.True(AxonUtil.TestInterface(component, [], []));
        Assert.True(AxonUtil.TestInterface(component, ["control", "inbox"], ["signal"]));
    }

    [Fact]
    [Trait("Spec", "AX-UTL-05")]
    public void TestInterface_InboxesMissing_ThrowsForThemFirst()
    {
        Component component = new();

        var exception = Assert.Throws<InvalidComponentInterfaceException>(
            () => AxonUtil.TestInterface(component, ["inbox", "outbox"], ["nosuchbox"]));

        Assert.Equal("inboxes", exception.Which);
        Assert.Same(component, exception.Component);
        Assert.Equal(["inbox", "outbox"], exception.Required);
        Assert.Equal(
            $"{component.Name} lacks some of the inboxes required: inbox, outbox. It has inboxes inbox, control and outboxes outbox, signal.",
            exception.Message);
    }

    [Fact]
    [Trait("Spec", "AX-UTL-05")]
    public void TestInterface_OutboxesMissing_Throws()
    {
        Component component = new();

        var exception = Assert.Throws<InvalidComponentInterfaceException>(
            () => AxonUtil.TestInterface(component, ["inbox"], ["nosuchbox"]));

        Assert.Equal("outboxes", exception.Which);
        Assert.Same(component, exception.Component);
        Assert.Equal(["nosuchbox"], exception.Required);
    }

    [Fact]
    [Trait("Spec", "AX-UTL-06")]
    public void TestInterface_AddedAndDeletedBoxes_Count()
    {
        AdaptiveCommsComponent component = new();
        component.AddInbox("requests");
        component.AddOutbox("answers");
        component.DeleteInbox("control");
        component.DeleteOutbox("signal");

        Assert.True(AxonUtil.TestInterface(component, ["inbox", "requests"], ["answers", "outbox"]));
        Assert.Throws<InvalidComponentInterfaceException>(() => AxonUtil.TestInterface(component, ["control"], []));
        Assert.Throws<InvalidComponentInterfaceException>(() => AxonUtil.TestInterface(component, [], ["signal"]));
    }
}
