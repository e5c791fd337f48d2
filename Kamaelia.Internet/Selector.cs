// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/Selector.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics;
using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>The one place where a system waits for sockets: tells an inbox, once, that a socket is ready.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>
/// ((Component, string) notify, _, Selector? created) = Selector.GetSelectorServices(Tracker);
/// created?.Activate();
/// Link((this, "_selectorSignal"), notify);
/// Send(new NewReader(this, (this, "ReadReady"), socket), "_selectorSignal");
/// yield return Pause();   // until the socket itself arrives in "ReadReady"
/// </code>
/// <para><em>How does it work?</em> It lives in the scheduler's own thread: when everything sleeps, the scheduler waits in here, for the
/// sockets, the next timer and other threads at once; when components are busy, it looks in every so many steps. Requests are dealt with
/// the moment they are sent. Each is good for one notification; asking again costs no system call as long as the kernel still watches
/// the socket.</para>
/// <para>It is a service of the scheduler's registry: <c>"selector"</c> and <c>"selectorshutdown"</c>. It ends when nobody is linked to it
/// any more, so it does not keep a program alive.</para>
/// <para><em>Boxes</em>: <c>"notify"</c> takes the requests (<see cref="NewReader"/>, <see cref="RemoveReader"/> and their kin);
/// <c>"control"</c> takes a <see cref="Axon.Shutdown"/>, after which a new selector serves whoever looks for one.</para>
/// <para>Threads: the component's own thread only; a socket given to it must not be used with asynchronous calls.</para>
/// <para>Source: Kamaelia/Internet/Selector.py.</para>
/// </remarks>
[Inbox("inbox", "Not used.")]
[Inbox("control", "A Shutdown, to be replaced by a new selector.")]
[Inbox("notify", "Registrations and withdrawals.")]
[Outbox("outbox", "Not used.")]
[Outbox("signal", "Not used.")]
[DebuggerDisplay("{Name,nq}: {RegistrationCount} registrations, {PollerName,nq}")]
public sealed class Selector : Component
{
    /// <summary>The name of the service that takes registrations.</summary>
    public const string Service = "selector";

    /// <summary>The name of the service that takes the order to shut down.</summary>
    public const string ShutdownService = "selectorshutdown";

    private readonly SelectorOptions _options;
    private SocketWait _wait;
    private CoordinatingAssistantTracker? _trackedBy;
    private bool _shuttingDown;
    private bool _wasUsed;

    // Since when, after the order to shut down, there has been no registration.
    private TimeSpan _quietSince;

    /// <summary>Makes a selector. Most callers want <see cref="GetSelectorServices"/> instead, which shares one.</summary>
    /// <param name="options">How to wait, and so on.</param>
    /// <exception cref="PlatformNotSupportedException">This system does not have the poller asked for.</exception>
    /// <exception cref="SocketException">The system has no descriptors left.</exception>
    public Selector(SelectorOptions? options = null)
        : this(options ?? new SelectorOptions(), null)
    {
    }

    internal Selector(SelectorOptions options, IPoller? poller)
    {
        _options = options;
        _wait = new SocketWait(poller ?? MakePoller(options.Poller));
    }

    /// <summary>How many registrations wait for their notification.</summary>
    public int RegistrationCount { get; internal set; }

    /// <summary>What it waits with: <c>epoll</c> or <c>select</c>.</summary>
    public string PollerName => _wait.PollerName;

    internal override bool IsWokenFromOutside => true;

    private bool HasUsers => GetInbox("notify").FirstIncoming is not null;

    private TimeSpan GraceLeft => _shuttingDown ? _quietSince + _options.ShutdownGrace - Scheduler!.Time : TimeSpan.Zero;

    /// <summary>Finds the selector of a registry, or makes one and registers it.</summary>
    /// <param name="tracker">The registry. Default: the running scheduler's.</param>
    /// <returns>
    /// The address for registrations, the address for the order to shut down, and the selector if it was made just now: the caller
    /// activates it. Null if it was there already.
    /// </returns>
    /// <remarks>Source: Kamaelia/Internet/Selector.py, <c>getSelectorServices</c>.</remarks>
    public static ((Component Component, string Inbox) Service, (Component Component, string Inbox) ShutdownService, Selector? Created)
        GetSelectorServices(CoordinatingAssistantTracker? tracker = null)
    {
        tracker ??= CoordinatingAssistantTracker.GetCat();
        Selector? created = null;
        if (!tracker.TryRetrieveService(Service, out var service))
        {
            created = new Selector();
            SetSelectorServices(created, tracker);
            service = (created, "notify");
        }

        return (service, tracker.RetrieveService(ShutdownService), created);
    }

    /// <summary>As <see cref="GetSelectorServices"/>, and activates the selector if it was made just now.</summary>
    /// <param name="tracker">The registry. Default: the running scheduler's.</param>
    /// <returns>The address for registrations.</returns>
    public static (Component Component, string Inbox) GetSelectorService(CoordinatingAssistantTracker? tracker = null)
    {
        var (service, _, created) = GetSelectorServices(tracker);
        created?.Activate();
        return service;
    }

    /// <summary>Registers a selector under both names.</summary>
    /// <param name="selector">The selector.</param>
    /// <param name="tracker">The registry. Default: the running scheduler's.</param>
    /// <exception cref="ServiceAlreadyExistsException">There is one already.</exception>
    public static void SetSelectorServices(Selector selector, CoordinatingAssistantTracker? tracker = null)
    {
        ArgumentNullException.ThrowIfNull(selector);
        tracker ??= CoordinatingAssistantTracker.GetCat();
        tracker.RegisterService(Service, selector, "notify");
        tracker.RegisterService(ShutdownService, selector, "control");
        selector.TrackedBy(tracker);
    }

    /// <summary>Tells a selector in which registry it is to be found, so that it can take itself off.</summary>
    /// <param name="tracker">The registry.</param>
    public void TrackedBy(CoordinatingAssistantTracker tracker) => _trackedBy = tracker;

    /// <inheritdoc/>
    public override void Stop()
    {
        RemoveServices();
        base.Stop();
    }

    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        JoinScheduler(Scheduler!);
        while (true)
        {
            foreach (object? message in Inbox("control"))
            {
                if (message is Shutdown && !_shuttingDown)
                {
                    _shuttingDown = true;
                    _wasUsed = true;
                    _quietSince = Scheduler!.Time;
                    RemoveServices();
                }
            }

            foreach (object? unused in Inbox())
            {
                // Nobody has business here; what is sent all the same must not keep anybody waiting.
            }

            _wasUsed |= HasUsers;
            if (_wasUsed && !HasUsers)
            {
                _wait.ForgetStopped();
                if (RegistrationCount == 0)
                {
                    if (GraceLeft <= TimeSpan.Zero)
                    {
                        yield break;
                    }

                    yield return Pause(GraceLeft);
                    continue;
                }
            }

            yield return Pause();
        }
    }

    /// <inheritdoc/>
    protected internal override Ipc? CloseDown()
    {
        RemoveServices();
        LeaveScheduler(Scheduler!);
        return base.CloseDown();
    }

    internal override RealSink MakeInbox(string name) =>
        name == "notify" ? new AttendedSink(this, name, OnNotify, OnFeederLeft) : base.MakeInbox(name);

    private static IPoller MakePoller(PollerKind kind) => kind switch
    {
        PollerKind.Best => OperatingSystem.IsLinux() ? new EpollPoller() : new SelectPoller(),
        PollerKind.Epoll when OperatingSystem.IsLinux() => new EpollPoller(),
        PollerKind.Select => new SelectPoller(),
        _ => throw new PlatformNotSupportedException($"There is no {kind} on this system. Use {nameof(PollerKind)}.{nameof(PollerKind.Best)}."),
    };

    private void OnFeederLeft()
    {
        _wasUsed = true;
        RequestWake();
    }

    /// <summary>Hears from the wait that one registration has been told, or withdrawn.</summary>
    internal void RegistrationGone()
    {
        RegistrationCount--;
        if (RegistrationCount > 0)
        {
            return;
        }

        if (_shuttingDown && Scheduler is { } scheduler)
        {
            _quietSince = scheduler.Time;
        }

        if (!HasUsers)
        {
            // Who asked has left in the meantime: this may have been the last that kept the selector.
            RequestWake();
        }
    }

    private void RemoveServices()
    {
        CoordinatingAssistantTracker? tracker = Interlocked.Exchange(ref _trackedBy, null);
        if (tracker is not null)
        {
            RemoveService(tracker, Service);
            RemoveService(tracker, ShutdownService);
        }
    }

    // Only its own: somebody may have taken the name away from it, and given it to another.
    private void RemoveService(CoordinatingAssistantTracker tracker, string service)
    {
        if (tracker.TryRetrieveService(service, out var present) && present.Component == this)
        {
            tracker.DeregisterService(service);
        }
    }

    private void OnNotify(object? message)
    {
        switch (message)
        {
            case Registration registration:
                _wasUsed = true;
                _wait.Register(registration, this);
                break;
            case Withdrawal withdrawal:
                _wait.Withdraw(withdrawal);
                break;
        }
    }

    private void JoinScheduler(Scheduler scheduler)
    {
        if (scheduler.Poller is SocketWait present)
        {
            present.Absorb(_wait);
            _wait = present;
        }
        else
        {
            _wait.Scheduler = scheduler;
            scheduler.ParkWith(_wait, _options.StepsBetweenLooks);
        }

        _wait.Selectors++;
    }

    private void LeaveScheduler(Scheduler scheduler)
    {
        if (_wait.Scheduler is null)
        {
            // It was stopped before its first step.
            _wait.Dispose();
        }
        else if (--_wait.Selectors == 0)
        {
            scheduler.ParkWith(null, 0);
            _wait.Dispose();
        }
    }
}
