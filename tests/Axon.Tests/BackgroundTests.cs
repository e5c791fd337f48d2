// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests;

/// <summary>The default scheduler is one for all tests, so these run alone, and each with a fresh one.</summary>
[Collection(nameof(Scheduler.Default))]
public sealed class BackgroundTests : IDisposable
{
    private readonly Scheduler _before = Scheduler.Default;

    public BackgroundTests()
    {
        Scheduler.Default = new Scheduler();
    }

    public void Dispose() => Scheduler.Default = _before;

    [Fact]
    [Trait("Spec", "AX-BG-01")]
    [Trait("Spec", "AX-BG-02")]
    [Trait("Spec", "AX-BG-03")]
    [Trait("Spec", "AX-BG-08")]
    public void Start_WaitsForTheFirstActivationAndEndsWithTheLast()
    {
        using CountingParker parker = new();
        Scheduler scheduler = new(new SchedulerOptions { Parker = parker });
        (int Id, bool IsBackground) thread = default;
        using Background background = new Background(scheduler).Start();

        parker.AwaitPark();
        Assert.False(background.Completion.IsCompleted);
        BoxScript first = new(Body);
        OtherThread.Do(() => first.Activate(scheduler));
        Assert.True(background.Join(Patience.Limit));

        Assert.True(first.IsStopped);
        Assert.True(background.Completion.IsCompletedSuccessfully);
        Assert.True(thread.IsBackground);
        Assert.NotEqual(Environment.CurrentManagedThreadId, thread.Id);

        IEnumerator<Yield> Body(Component self)
        {
            thread = (Environment.CurrentManagedThreadId, Thread.CurrentThread.IsBackground);
            yield return 1;
        }
    }

    [Fact]
    [Trait("Spec", "AX-BG-01")]
    public void Start_DefaultScheduler_RunsWhatIsActivatedWithoutNamingOne()
    {
        using Background background = new Background().Start();
        BoxScript component = new BoxScript(Once).Activate();

        Assert.True(background.Join(Patience.Limit));

        Assert.Same(Scheduler.Default, background.Scheduler);
        Assert.True(component.IsStopped);
    }

    [Fact]
    [Trait("Spec", "AX-BG-04")]
    [Trait("Spec", "AX-BG-05")]
    public void Start_WhileAnotherIsInUse_ThrowsAndAfterItsEndWorks()
    {
        using Background first = new Background().Start();

        Assert.Throws<InvalidOperationException>(() => new Background().Start());
        Assert.Throws<InvalidOperationException>(() => new Background(zap: true).Start());
        Assert.Throws<InvalidOperationException>(() => new Background(Scheduler.Default).Start());
        Assert.Throws<InvalidOperationException>(first.Start);
        first.Dispose();

        using Background second = new Background().Start();
        BoxScript component = new BoxScript(Once).Activate();
        Assert.True(second.Join(Patience.Limit));
        Assert.True(component.IsStopped);
    }

    [Fact]
    [Trait("Spec", "AX-BG-06")]
    [Trait("Spec", "AX-BG-09")]
    public async Task Right_NeverStartedOrFailed_IsGivenBackAndTheFailureSeen()
    {
        using Background neverStarted = new();
        Assert.Throws<InvalidOperationException>(() => neverStarted.Scheduler);
        using Background failing = new Background().Start();
        InvalidOperationException failure = new("On purpose.");
        new BoxScript(_ => throw failure).Activate();

        Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(() => failing.Completion.WaitAsync(Patience.Limit)));
        Assert.Same(failure, Assert.Throws<InvalidOperationException>(() => failing.Join()));

        using Background next = new Background().Start();
        new BoxScript(Once).Activate();
        Assert.True(next.Join(Patience.Limit));
    }

    [Fact]
    [Trait("Spec", "AX-BG-07")]
    public void Zap_FreshDefaultSchedulerAndServices()
    {
        Scheduler before = Scheduler.Default;
        BoxIdler forgotten = new BoxIdler().Activate();
        before.Tracker.RegisterService("service", forgotten, "inbox");

        using Background background = new Background(zap: true).Start();
        new BoxScript(Once).Activate();
        Assert.True(background.Join(Patience.Limit));

        Assert.NotSame(before, Scheduler.Default);
        Assert.Throws<KeyNotFoundException>(() => Scheduler.Default.Tracker.RetrieveService("service"));
        Assert.Equal(0, forgotten.Steps);
    }

    [Fact]
    public void Stop_InEveryOfThousandsOfRuns_EndsThisRunAndNeverTheNext()
    {
        Scheduler scheduler = new();
        for (int round = 0; round < 2000; round++)
        {
            Background background = new Background(scheduler).Start();
            BoxScript component = new BoxScript(Once).Activate(scheduler);

            // Every other run ends by itself while it is being stopped.
            if (round % 2 == 0)
            {
                Assert.True(background.Join(Patience.Limit));
                Assert.True(component.IsStopped);
            }

            background.Dispose();
            Assert.True(background.Completion.IsCompletedSuccessfully);
        }
    }

    [Fact]
    public void Join_OnTheSchedulersOwnThread_Throws()
    {
        Scheduler scheduler = new();
        using Background background = new(scheduler);
        BoxScript component = new BoxScript(_ =>
        {
            background.Join();
            return null!;
        }).Activate(scheduler);
        background.Start();

        Assert.Contains("Use Stop", Assert.Throws<InvalidOperationException>(() => background.Join(Patience.Limit)).Message, StringComparison.Ordinal);
        Assert.True(component.IsStopped);
    }

    private static IEnumerator<Yield> Once(Component self)
    {
        yield return 1;
    }
}
