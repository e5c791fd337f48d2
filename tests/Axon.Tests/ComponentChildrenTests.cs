// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;

namespace Axon.Tests;

public class ComponentChildrenTests
{
    private readonly SteppedScheduler _system = new(TraceKinds.Wake);

    [Fact]
    [Trait("Spec", "AX-CMP-40")]
    public void AddChildren_Several_ListsThemInOrderAndActivatesNone()
    {
        BoxIdler parent = Sleeping("parent");
        BoxIdler first = new();
        BoxIdler second = new();
        BoxIdler third = new();

        parent.AddChildren(first, second);
        parent.AddChildren(third);
        _system.Cycles(3);

        Assert.Equal([first, second, third], parent.ChildComponents());
        Assert.Equal([parent], _system.Scheduler.ListAll());
        Assert.Equal(0, first.Steps + second.Steps + third.Steps);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-40")]
    [Trait("Spec", "AX-CMP-29")]
    public void AddChildren_Several_EachEndWakesTheParent()
    {
        BoxIdler parent = Sleeping("parent");
        BoxIdler first = Sleeping("first");
        BoxIdler second = Sleeping("second");
        parent.AddChildren(first, second);

        List<int> steps = [parent.Steps];
        first.Stop();
        _system.RunUntilIdle();
        steps.Add(parent.Steps);
        second.Stop();
        _system.RunUntilIdle();
        steps.Add(parent.Steps);

        Assert.Equal([1, 2, 3], steps);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-41")]
    public void ChildComponents_ListChangedAfterwards_IsACopy()
    {
        BoxIdler parent = new();
        BoxIdler first = new();
        BoxIdler second = new();
        parent.AddChildren(first);

        IReadOnlyList<Component> before = parent.ChildComponents();
        parent.AddChildren(second);
        parent.RemoveChild(first);

        Assert.Equal([first], before);
        Assert.Equal([second], parent.ChildComponents());
    }

    [Fact]
    [Trait("Spec", "AX-CMP-42")]
    public void RemoveChild_ChildEndsLater_ParentSleepsOn()
    {
        BoxIdler parent = Sleeping("parent");
        BoxIdler gone = Sleeping("gone");
        BoxIdler kept = Sleeping("kept");
        parent.AddChildren(gone, kept);

        parent.RemoveChild(gone);
        gone.Stop();
        _system.RunUntilIdle();

        Assert.Equal([kept], parent.ChildComponents());
        Assert.True(gone.IsStopped);
        Assert.Equal(1, parent.Steps);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-42")]
    public void RemoveChild_Linked_LosesWhatTheParentLinkedAndKeepsTheRest()
    {
        BoxIdler parent = Sleeping("parent");
        BoxIdler child = Sleeping("child");
        BoxIdler sibling = Sleeping("sibling");
        BoxIdler stranger = Sleeping("stranger");
        parent.AddChildren(child, sibling);
        Linkage asSink = parent.Link((parent, "outbox"), (child, "inbox"));
        Linkage asSource = parent.Link((child, "outbox"), (sibling, "inbox"));
        Linkage both = parent.Link((child, "signal"), (child, "control"));
        Linkage without = parent.Link((sibling, "outbox"), (parent, "inbox"));
        Linkage foreign = stranger.Link((stranger, "outbox"), (child, "inbox"));

        parent.RemoveChild(child);
        child.Send(1);
        stranger.Send(2);
        _system.RunUntilIdle();

        Assert.Equal([false, false, false, true, true], new[] { asSink, asSource, both, without, foreign }.Select(linkage => linkage.IsConnected));
        Assert.Equal([without], parent.Postoffice.Linkages);
        Assert.False(sibling.DataReady());
        Assert.Equal(2, child.Recv());
        Assert.False(child.IsStopped);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-43")]
    public void RemoveChild_NotAChild_DoesNothing()
    {
        BoxIdler parent = new();
        BoxIdler child = new();
        BoxIdler stranger = new();
        parent.AddChildren(child);
        Linkage linkage = parent.Link((stranger, "outbox"), (parent, "inbox"));

        parent.RemoveChild(stranger);
        stranger.RemoveChild(child);
        child.RemoveChild(parent);

        Assert.Equal([child], parent.ChildComponents());
        Assert.True(linkage.IsConnected);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-43")]
    public void RemoveChild_RemovedBefore_DoesNothing()
    {
        BoxIdler parent = new();
        BoxIdler child = new();
        parent.AddChildren(child);
        parent.RemoveChild(child);
        Linkage linkage = parent.Link((child, "outbox"), (parent, "inbox"));

        parent.RemoveChild(child);

        Assert.Empty(parent.ChildComponents());
        Assert.True(linkage.IsConnected);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-44")]
    public void AddChildren_Twice_ListsOnceInItsFirstPlaceAndOneRemovalIsEnough()
    {
        BoxIdler parent = Sleeping("parent");
        BoxIdler child = Sleeping("child");
        BoxIdler sibling = new();

        parent.AddChildren(child, child, sibling);
        parent.AddChildren(child);
        IReadOnlyList<Component> listed = parent.ChildComponents();
        parent.RemoveChild(child);
        child.Stop();
        _system.RunUntilIdle();

        Assert.Equal([child, sibling], listed);
        Assert.Equal([sibling], parent.ChildComponents());
        Assert.Equal(1, parent.Steps);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-44")]
    public void AddChildren_OneChildOfTwoParents_WakesBothAndIsRemovedFromEachAlone()
    {
        BoxIdler mother = Sleeping("mother");
        BoxIdler father = Sleeping("father");
        BoxIdler first = Sleeping("first");
        BoxIdler second = Sleeping("second");
        mother.AddChildren(first, second);
        father.AddChildren(first, second);

        first.Stop();
        _system.RunUntilIdle();
        mother.RemoveChild(second);
        second.Stop();
        _system.RunUntilIdle();

        Assert.Equal((2, 3), (mother.Steps, father.Steps));
        Assert.Equal([first], mother.ChildComponents());
        Assert.Equal([first, second], father.ChildComponents());
    }

    [Fact]
    [Trait("Spec", "AX-CMP-45")]
    public void AddChildren_EndedAlready_WakesTheParentAsIfItEndedNow()
    {
        BoxIdler parent = Sleeping("parent");
        BoxIdler child = Sleeping("child");
        child.Stop();
        _system.RunUntilIdle();

        parent.AddChildren(child);
        _system.RunUntilIdle();

        Assert.Equal(["wake parent"], _system.Trace.Lines.Where(line => line == "wake parent"));
        Assert.Equal(2, parent.Steps);
    }

    [Fact]
    [Trait("Spec", "AX-CMP-45")]
    public void AddChildren_EndedAlreadyAndParentPausesInTheSameStep_IsNotSleptThrough()
    {
        BoxIdler child = Sleeping("child");
        child.Stop();
        _system.RunUntilIdle();
        int steps = 0;
        _system.Activate(new BoxScript(Body));

        _system.RunUntilIdle();

        Assert.Equal(2, steps);

        IEnumerator<Yield> Body(Component self)
        {
            steps++;
            self.AddChildren(child);
            yield return self.Pause();
            steps++;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [Trait("Spec", "AX-CMP-46")]
    public void WaitForChildren_Idiom_EndsExactlyOnceWhenAllHaveEnded(int count)
    {
        List<int> endedWhenFinished = [];
        List<int> ended = [];
        _system.Activate(new BoxScript(Parent), "parent");

        _system.RunToEnd();

        Assert.Equal([count], endedWhenFinished);
        Assert.Equal(Enumerable.Range(0, count), ended);

        IEnumerator<Yield> Parent(Component self)
        {
            for (int i = 0; i < count; i++)
            {
                int number = i;
                self.AddChildren(new BoxScript(child => Child(child, number)));
            }

            foreach (Component child in self.ChildComponents())
            {
                child.Activate();
            }

            while (self.ChildComponents().Any(child => !child.IsStopped))
            {
                yield return self.Pause();
            }

            endedWhenFinished.Add(ended.Count);
        }

        // Each takes longer than the one before it, so that the parent is woken several times for nothing.
        IEnumerator<Yield> Child(Component self, int number)
        {
            for (int i = 0; i <= number * 2; i++)
            {
                yield return 1;
            }

            ended.Add(number);
        }
    }

    [Fact]
    [Trait("Spec", "AX-CMP-46")]
    public void WaitForChildren_AllEndInOneCycle_ParentIsSteppedOnceForAllOfThem()
    {
        BoxIdler parent = Sleeping("parent");
        BoxIdler[] children = [.. Enumerable.Range(0, 10).Select(i => Sleeping($"child{i}"))];
        parent.AddChildren(children);

        foreach (BoxIdler child in children)
        {
            child.Stop();
        }

        _system.RunUntilIdle();

        Assert.Equal(2, parent.Steps);
        Assert.All(children, child => Assert.True(child.IsStopped));
    }

    private BoxIdler Sleeping(string name)
    {
        BoxIdler idler = _system.Activate(new BoxIdler(), name);
        _system.RunUntilIdle();
        return idler;
    }
}
