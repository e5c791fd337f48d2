// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Reflection;
using Axon.TestKit;

namespace Axon.Tests;

public class CoordinatingAssistantTrackerTests
{
    private readonly CoordinatingAssistantTracker _cat = new();
    private readonly Component _component = new("-offering");

    [Fact]
    [Trait("Spec", "AX-CAT-01")]
    public void Constructor_NoArguments_IsEmptyAndHasNoParent()
    {
        Assert.Empty(_cat.ServicesRegistered());
        Assert.Empty(_cat.InformationItemsLogged());
        Assert.Null(_cat.Parent);
    }

    [Fact]
    [Trait("Spec", "AX-CAT-02")]
    public void Constructor_Parent_IsKept()
    {
        Assert.Same(_cat, new CoordinatingAssistantTracker(_cat).Parent);
    }

    // What Python checks when it runs, the compiler checks here; the exception stays for systems that throw it themselves.
    [Fact]
    [Trait("Spec", "AX-CAT-02")]
    public void Constructor_Parent_CanOnlyBeATracker()
    {
        ConstructorInfo constructor = Assert.Single(typeof(CoordinatingAssistantTracker).GetConstructors());

        Assert.Equal(typeof(CoordinatingAssistantTracker), Assert.Single(constructor.GetParameters()).ParameterType);
        Assert.Equal(
            "Component_7 is no CoordinatingAssistantTracker and cannot be the parent of one.",
            new BadParentTrackerException("Component_7").Message);
    }

    [Fact]
    [Trait("Spec", "AX-CAT-03")]
    public void Child_ServicesAndValuesOfTheParent_AreNotVisible()
    {
        _cat.RegisterService("echo", _component, "inbox");
        _cat.TrackValue("answer", 42);
        CoordinatingAssistantTracker child = new(_cat);

        Assert.False(child.TryRetrieveService("echo", out _));
        Assert.Throws<AccessToUndeclaredTrackedVariableException>(() => child.RetrieveValue("answer"));
        Assert.Empty(child.ServicesRegistered());
        Assert.Empty(child.InformationItemsLogged());
    }

    [Fact]
    [Trait("Spec", "AX-CAT-04")]
    public void RegisterService_FreeNames_AreListed()
    {
        _cat.RegisterService("echo", _component, "inbox");
        _cat.RegisterService("stop", _component, "control");

        Assert.Equal(["echo", "stop"], _cat.ServicesRegistered().Order());
    }

    [Fact]
    [Trait("Spec", "AX-CAT-04")]
    public void ServicesRegistered_RegistrationAfterwards_LeavesTheListAsItWas()
    {
        IReadOnlyList<string> before = _cat.ServicesRegistered();

        _cat.RegisterService("echo", _component, "inbox");

        Assert.Empty(before);
    }

    [Fact]
    [Trait("Spec", "AX-CAT-05")]
    public void RegisterService_TakenNameSameArguments_Throws()
    {
        _cat.RegisterService("echo", _component, "inbox");

        var exception = Assert.Throws<ServiceAlreadyExistsException>(() => _cat.RegisterService("echo", _component, "inbox"));

        Assert.Equal("echo", exception.Name);
        Assert.Equal("The service \"echo\" is registered already. Deregister it first, or choose another name.", exception.Message);
    }

    [Fact]
    [Trait("Spec", "AX-CAT-05")]
    public void RegisterService_TakenNameAndEverythingElseWrong_ThrowsForTheName()
    {
        _cat.RegisterService("echo", _component, "inbox");

        Assert.Throws<ServiceAlreadyExistsException>(() => _cat.RegisterService("echo", null!, "nosuchbox"));
        Assert.Throws<ServiceAlreadyExistsException>(() => _cat.RegisterService("echo", _component, "nosuchbox"));
        Assert.Equal((_component, "inbox"), _cat.RetrieveService("echo"));
    }

    [Fact]
    [Trait("Spec", "AX-CAT-06")]
    public void RegisterService_NoComponent_ThrowsAndRegistersNothing()
    {
        var exception = Assert.Throws<BadComponentException>(() => _cat.RegisterService("echo", null!, "inbox"));

        Assert.Null(exception.Component);
        Assert.Equal("null is no component: a service is a component and one of its inboxes.", exception.Message);
        Assert.Empty(_cat.ServicesRegistered());
    }

    [Theory]
    [InlineData("nosuchbox")]
    [InlineData("outbox")]
    [InlineData("Inbox")]
    [InlineData("")]
    [Trait("Spec", "AX-CAT-07")]
    public void RegisterService_NoSuchInbox_ThrowsNamingTheInboxesThereAreAndRegistersNothing(string inbox)
    {
        var exception = Assert.Throws<BadInboxException>(() => _cat.RegisterService("echo", _component, inbox));

        Assert.Same(_component, exception.Component);
        Assert.Equal(inbox, exception.Inbox);
        Assert.Equal(
            $"{_component.Name} has no inbox \"{inbox}\", so no service can be offered there. It has inboxes inbox, control.",
            exception.Message);
        Assert.Empty(_cat.ServicesRegistered());
    }

    [Fact]
    [Trait("Spec", "AX-CAT-07")]
    public void RegisterService_AddedInbox_IsAccepted()
    {
        AdaptiveCommsComponent adaptive = new();
        string added = adaptive.AddInbox("requests");

        _cat.RegisterService("echo", adaptive, added);

        Assert.Equal((adaptive, "requests"), _cat.RetrieveService("echo"));
    }

    [Fact]
    [Trait("Spec", "AX-CAT-08")]
    public void RetrieveService_Registered_ReturnsComponentAndInbox()
    {
        _cat.RegisterService("echo", _component, "control");

        Assert.Equal((_component, "control"), _cat.RetrieveService("echo"));
        Assert.True(_cat.TryRetrieveService("echo", out var found));
        Assert.Equal((_component, "control"), found);
    }

    [Fact]
    [Trait("Spec", "AX-CAT-09")]
    public void RetrieveService_Unknown_ThrowsNamingWhatIsRegistered()
    {
        Assert.Equal(
            "No service \"selector\" is registered. Registered: none.",
            Assert.Throws<KeyNotFoundException>(() => _cat.RetrieveService("selector")).Message);

        _cat.RegisterService("echo", _component, "inbox");

        Assert.Equal(
            "No service \"selector\" is registered. Registered: echo.",
            Assert.Throws<KeyNotFoundException>(() => _cat.RetrieveService("selector")).Message);
        Assert.False(_cat.TryRetrieveService("selector", out _));
    }

    [Fact]
    [Trait("Spec", "AX-CAT-10")]
    public void DeregisterService_Registered_RemovesItAlone()
    {
        _cat.RegisterService("echo", _component, "inbox");
        _cat.RegisterService("stop", _component, "control");

        _cat.DeregisterService("echo");

        Assert.Equal(["stop"], _cat.ServicesRegistered());
        _cat.RegisterService("echo", _component, "control");
        Assert.Equal((_component, "control"), _cat.RetrieveService("echo"));
    }

    [Fact]
    [Trait("Spec", "AX-CAT-10")]
    public void DeregisterService_UnknownOrGoneAlready_Throws()
    {
        Assert.Throws<MultipleServiceDeletionException>(() => _cat.DeregisterService("echo"));
        _cat.RegisterService("echo", _component, "inbox");
        _cat.DeregisterService("echo");

        var exception = Assert.Throws<MultipleServiceDeletionException>(() => _cat.DeregisterService("echo"));

        Assert.Equal("echo", exception.Name);
        Assert.Equal("The service \"echo\" is not registered: it never was, or it has been deregistered already.", exception.Message);
    }

    [Fact]
    [Trait("Spec", "AX-CAT-11")]
    public void TrackValue_SameNameAgain_ThrowsAndLeavesTheValue()
    {
        _cat.TrackValue("answer", 42);

        var exception = Assert.Throws<NamespaceClashException>(() => _cat.TrackValue("answer", 43));

        Assert.Equal("answer", exception.Name);
        Assert.Equal("A value is tracked as \"answer\" already, and was left as it is. Use UpdateValue to replace it.", exception.Message);
        Assert.Equal(42, _cat.RetrieveValue("answer"));
    }

    [Fact]
    [Trait("Spec", "AX-CAT-11")]
    public void TrackValue_NameOfAService_IsAnotherNamespace()
    {
        _cat.RegisterService("echo", _component, "inbox");

        _cat.TrackValue("echo", 1);

        Assert.Equal(1, _cat.RetrieveValue("echo"));
        Assert.Equal((_component, "inbox"), _cat.RetrieveService("echo"));
    }

    [Fact]
    [Trait("Spec", "AX-CAT-12")]
    public void RetrieveValue_Tracked_ReturnsTheSameObject()
    {
        object value = new();
        _cat.TrackValue("object", value);
        _cat.TrackValue("nothing", null);

        Assert.Same(value, _cat.RetrieveValue("object"));
        Assert.Null(_cat.RetrieveValue("nothing"));
    }

    [Fact]
    [Trait("Spec", "AX-CAT-12")]
    public void RetrieveValue_Unknown_ThrowsNamingIt()
    {
        var exception = Assert.Throws<AccessToUndeclaredTrackedVariableException>(() => _cat.RetrieveValue("answer"));

        Assert.Equal("answer", exception.Name);
        Assert.Null(exception.Value);
        Assert.Equal("No value is tracked as \"answer\". Call TrackValue first.", exception.Message);
    }

    [Fact]
    [Trait("Spec", "AX-CAT-13")]
    public void UpdateValue_Tracked_Replaces()
    {
        _cat.TrackValue("answer", 42);

        _cat.UpdateValue("answer", "forty-two");
        Assert.Equal("forty-two", _cat.RetrieveValue("answer"));

        _cat.UpdateValue("answer", null);
        Assert.Null(_cat.RetrieveValue("answer"));
    }

    [Fact]
    [Trait("Spec", "AX-CAT-13")]
    public void UpdateValue_Unknown_ThrowsWithNameAndValueAndTracksNothing()
    {
        var exception = Assert.Throws<AccessToUndeclaredTrackedVariableException>(() => _cat.UpdateValue("answer", 42));

        Assert.Equal("answer", exception.Name);
        Assert.Equal(42, exception.Value);
        Assert.Equal("No value is tracked as \"answer\". Call TrackValue first.", exception.Message);
        Assert.Empty(_cat.InformationItemsLogged());
    }

    [Fact]
    [Trait("Spec", "AX-CAT-14")]
    public void InformationItemsLogged_ListsTheNamesOfValuesOnly()
    {
        _cat.RegisterService("echo", _component, "inbox");
        _cat.TrackValue("one", 1);
        _cat.TrackValue("two", 2);

        Assert.Equal(["one", "two"], _cat.InformationItemsLogged().Order());
    }

    [Fact]
    [Trait("Spec", "AX-CAT-15")]
    public void Zap_ForgetsServicesAndValues()
    {
        _cat.RegisterService("echo", _component, "inbox");
        _cat.TrackValue("answer", 42);

        _cat.Zap();

        Assert.Empty(_cat.ServicesRegistered());
        Assert.Empty(_cat.InformationItemsLogged());
        _cat.RegisterService("echo", _component, "control");
        _cat.TrackValue("answer", 43);
        Assert.Equal(43, _cat.RetrieveValue("answer"));
    }

    [Fact]
    [Trait("Spec", "AX-CAT-16")]
    public void GetCat_InsideSteps_IsTheOneOfTheirScheduler()
    {
        SteppedScheduler system = new();
        List<CoordinatingAssistantTracker> seen = [];
        system.Activate(new Microprocess(Look()));

        system.RunToEnd();

        Assert.Equal(2, seen.Count);
        Assert.All(seen, cat => Assert.Same(system.Scheduler.Tracker, cat));

        IEnumerator<Yield> Look()
        {
            seen.Add(CoordinatingAssistantTracker.GetCat());
            yield return 1;
            _ = new CoordinatingAssistantTracker();
            seen.Add(CoordinatingAssistantTracker.GetCat());
        }
    }

    // In a copy of the library of its own, where no other test can put in another default scheduler meanwhile.
    [Fact]
    [Trait("Spec", "AX-CAT-16")]
    public void GetCat_OutsideOfSteps_IsAlwaysTheSame()
    {
        using FreshAxon axon = new();
        MethodInfo getCat = axon.Method(nameof(CoordinatingAssistantTracker), nameof(CoordinatingAssistantTracker.GetCat));
        object first = getCat.Invoke(null, [])!;

        object another = Activator.CreateInstance(first.GetType(), [null])!;

        Assert.NotSame(another, first);
        Assert.Same(first, getCat.Invoke(null, []));
    }

    [Fact]
    [Trait("Spec", "AX-CAT-17")]
    public void Service_ItsComponentEnded_StaysRegistered()
    {
        SteppedScheduler system = new();
        Component component = system.Activate(new ScriptedSource());
        component.Tracker.RegisterService("echo", component, "inbox");

        system.RunToEnd();

        Assert.True(component.IsStopped);
        Assert.Equal((component, "inbox"), system.Scheduler.Tracker.RetrieveService("echo"));
        system.Scheduler.Tracker.DeregisterService("echo");
        Assert.Empty(system.Scheduler.Tracker.ServicesRegistered());
    }

    [Fact]
    [Trait("Spec", "AX-CAT-18")]
    [Trait("Category", "Stress")]
    public void AllOperations_FourThreads_LoseAndDoubleNothing()
    {
        const int Threads = 4;
        const int Rounds = 2000;
        int registered = 0;
        int tracked = 0;

        OnThreads(Threads, thread =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                // Every thread tries every name: exactly one may win each.
                Won<ServiceAlreadyExistsException>(() => _cat.RegisterService($"service{i}", _component, "inbox"), ref registered);
                Won<NamespaceClashException>(() => _cat.TrackValue($"value{i}", thread), ref tracked);
                _cat.UpdateValue($"value{i}", thread);
                Assert.InRange(Assert.IsType<int>(_cat.RetrieveValue($"value{i}")), 0, Threads - 1);
                Assert.Equal((_component, "inbox"), _cat.RetrieveService($"service{i}"));
                if (i % 500 == 0)
                {
                    Assert.InRange(_cat.ServicesRegistered().Count, i + 1, Rounds);
                    Assert.InRange(_cat.InformationItemsLogged().Count, i + 1, Rounds);
                }
            }
        });

        Assert.Equal(Rounds, registered);
        Assert.Equal(Rounds, tracked);
        Assert.Equal(Rounds, _cat.ServicesRegistered().Distinct().Count());
        Assert.Equal(Rounds, _cat.InformationItemsLogged().Distinct().Count());
    }

    [Fact]
    [Trait("Spec", "AX-CAT-18")]
    [Trait("Category", "Stress")]
    public void DeregisterService_FourThreads_EachNameGoesOnce()
    {
        const int Rounds = 2000;
        for (int i = 0; i < Rounds; i++)
        {
            _cat.RegisterService($"service{i}", _component, "inbox");
        }

        int deregistered = 0;
        OnThreads(4, _ =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                Won<MultipleServiceDeletionException>(() => _cat.DeregisterService($"service{i}"), ref deregistered);
            }
        });

        Assert.Equal(Rounds, deregistered);
        Assert.Empty(_cat.ServicesRegistered());
    }

    private static void Won<TLost>(Action race, ref int count)
        where TLost : Exception
    {
        try
        {
            race();
        }
        catch (TLost)
        {
            return;
        }

        Interlocked.Increment(ref count);
    }

    /// <summary>Runs an action on several threads that start together, and throws what any of them threw.</summary>
    private static void OnThreads(int count, Action<int> action)
    {
        using Barrier start = new(count);
        List<Exception> failures = [];
        Thread[] threads = [.. Enumerable.Range(0, count).Select(number => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                action(number);
            }
            catch (Exception exception)
            {
                lock (failures)
                {
                    failures.Add(exception);
                }
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(30)), "A thread does not end."));
        Assert.Empty(failures);
    }
}
