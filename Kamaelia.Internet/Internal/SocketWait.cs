// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>Who waits for which socket; waiting for them all on behalf of a scheduler, and telling them.</summary>
/// <remarks>
/// A scheduler has one of these as its parker, and all its selectors share it: one that was told to shut down goes on serving whoever
/// still talks to it, beside the one that took its name.
/// </remarks>
/// <param name="poller">Waits for the sockets.</param>
internal sealed class SocketWait(IPoller poller) : IParker
{
    private const int CheckedPerWait = 4;

    // How long nothing must happen before all sockets are looked at, and not a few.
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(50);

    private static readonly Readiness[] s_kinds = [Readiness.Read, Readiness.Write, Readiness.Exceptional];

    private readonly DescriptorTable<Watched> _byDescriptor = new();
    private readonly List<Watched> _all = [];

    // Those of whom the kernel is to hear something before the next wait. Until then minds may change without a system call: a new connection
    // is asked for twice and told once, a peer that takes little at a time is watched on, and a socket that is closed has left by itself.
    private readonly List<Watched> _changed = [];
    private readonly List<Registration> _undelivered = [];

    // What a wait reported. All readers are told before all writers, and each kind in the order in which they asked.
    private readonly List<Registration>[] _ready = [[], [], []];
    private Action<Watched, Readiness>? _report;
    private long _lastOrder;
    private int _nextChecked;
    private bool _isDisposed;

    // Whether the present wait has reported anything, wanted or not.
    private bool _heard;

    /// <summary>The scheduler whose parker this is; null before the first selector is active.</summary>
    public Scheduler? Scheduler { get; set; }

    /// <summary>How many active selectors share it.</summary>
    public int Selectors { get; set; }

    public string PollerName => poller.Name;

    public void Unpark() => poller.Wake();

    /// <summary>Waits for sockets and tells whoever asked.</summary>
    public void Park(TimeSpan timeout)
    {
        if (_undelivered.Count > 0)
        {
            TellUndelivered();
        }

        LookForClosed(CheckedPerWait);
        if (_all.Count <= CheckedPerWait || (timeout != Timeout.InfiniteTimeSpan && timeout <= s_quiet))
        {
            WaitAndTell(timeout);
        }
        else if (!WaitAndTell(s_quiet))
        {
            LookForClosed(_all.Count);
            WaitAndTell(timeout == Timeout.InfiniteTimeSpan ? timeout : timeout - s_quiet);
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        poller.Dispose();
    }

    /// <summary>Notes who wants to be told of a socket.</summary>
    /// <param name="registration">Who, of which socket.</param>
    /// <param name="selector">The selector that was asked, which counts it.</param>
    public void Register(Registration registration, Selector selector)
    {
        if (_isDisposed)
        {
            // The scheduler is being stopped, and this one was stopped first.
            return;
        }

        Watched watched = registration.Watched is { } present && present.KnownTo == this ? present : Find(registration);
        if ((watched.Wanted & registration.Readiness) != 0)
        {
            // Somebody waits for this already, and is the one who will be told.
            return;
        }

        registration.Order = ++_lastOrder;
        registration.Selector = selector;
        watched.Add(registration);
        selector.RegistrationCount++;
        if ((watched.Goal & registration.Readiness) == 0)
        {
            Change(watched, watched.Goal | registration.Readiness);
        }
    }

    /// <summary>Takes a registration back.</summary>
    public void Withdraw(Withdrawal withdrawal)
    {
        // The number of one that is closed by now may be somebody else's.
        if (!_isDisposed && _byDescriptor.Find((int)withdrawal.Watchable.Descriptor) is { } watched
            && watched.Selectable.Equals(withdrawal.Watchable))
        {
            TryTake(watched, withdrawal.Readiness, out _);
            if (watched.Wanted == Readiness.None)
            {
                Forget(watched);
            }
        }
    }

    /// <summary>Takes over what another one was asked for before it was active.</summary>
    public void Absorb(SocketWait other)
    {
        foreach (Watched watched in other._all)
        {
            watched.KnownTo = null;
            foreach (Readiness kind in s_kinds)
            {
                if (TryTake(watched, kind, out Registration? registration, out Selector? selector))
                {
                    Register(registration, selector);
                }
            }
        }

        other.Dispose();
    }

    /// <summary>Drops the registrations of those that have ended: nobody can tell them anything.</summary>
    public void ForgetStopped()
    {
        foreach (Watched watched in _all.ToArray())
        {
            foreach (Readiness kind in s_kinds)
            {
                if (watched.Waiting(kind) is { Target.Component.IsStopped: true })
                {
                    TryTake(watched, kind, out _);
                }
            }

            if (watched.Wanted == Readiness.None)
            {
                Forget(watched);
            }
        }
    }

    /// <returns>Whether anything happened.</returns>
    private bool WaitAndTell(TimeSpan timeout)
    {
        _heard = false;
        TellKernel();
        bool woken = poller.Wait(Scheduler is { HasRequests: true } ? TimeSpan.Zero : timeout, _report ??= Report);
        foreach (List<Registration> ready in _ready)
        {
            TellAll(ready);
        }

        return woken || _heard;
    }

    private static bool TryTake(Watched watched, Readiness kind, [NotNullWhen(true)] out Registration? registration) =>
        TryTake(watched, kind, out registration, out _);

    private static bool TryTake(
        Watched watched, Readiness kind, [NotNullWhen(true)] out Registration? registration, [NotNullWhen(true)] out Selector? selector)
    {
        selector = null;
        if (!watched.TryTake(kind, out registration))
        {
            return false;
        }

        selector = registration.Selector!;
        registration.Selector = null;
        selector.RegistrationGone();
        return true;
    }

    private Watched Find(Registration registration)
    {
        Selectable selectable = registration.Watchable;
        Watched? holder = _byDescriptor.Find((int)selectable.Descriptor);
        if (holder is not null && holder.Selectable.Equals(selectable))
        {
            return registration.Watched = holder;
        }

        Watched watched = new(selectable);
        if (holder is not null && !selectable.IsClosed)
        {
            // It was closed, nobody withdrew it, and its number has been given away.
            TellOfBadSocket(holder);
            holder = null;
        }

        // One that is closed already goes as far as the poller, which refuses it, and takes nobody's place on the way.
        if (holder is null)
        {
            _byDescriptor.Set(watched.Descriptor, watched);
        }

        watched.KnownTo = this;
        watched.Index = _all.Count;
        _all.Add(watched);
        return registration.Watched = watched;
    }

    private void Forget(Watched watched)
    {
        watched.KnownTo = null;
        Change(watched, Readiness.None);
        _byDescriptor.Remove(watched.Descriptor, watched);
        Watched last = _all[^1];
        _all[watched.Index] = last;
        last.Index = watched.Index;
        _all.RemoveAt(_all.Count - 1);
    }

    private void Change(Watched watched, Readiness goal)
    {
        watched.Goal = goal;
        if (!watched.IsChanged)
        {
            watched.IsChanged = true;
            _changed.Add(watched);
        }
    }

    private void TellKernel()
    {
        for (int i = 0; i < _changed.Count; i++)
        {
            Watched watched = _changed[i];
            watched.IsChanged = false;
            if (watched.Goal == watched.Armed)
            {
                continue;
            }

            try
            {
                poller.Watch(watched, watched.Goal);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                TellOfBadSocket(watched);
            }
        }

        _changed.Clear();
    }

    // What cannot be watched is closed, or was no socket: whoever asked is told, and sees the error when it touches the socket.
    private void TellOfBadSocket(Watched watched)
    {
        foreach (Readiness kind in s_kinds)
        {
            if (TryTake(watched, kind, out Registration? registration))
            {
                Tell(registration);
            }
        }

        Forget(watched);
    }

    private void Report(Watched watched, Readiness ready)
    {
        _heard = true;
        Readiness surplus = ready & ~watched.Wanted;
        for (int i = 0; i < s_kinds.Length; i++)
        {
            if ((ready & s_kinds[i]) != 0 && TryTake(watched, s_kinds[i], out Registration? registration))
            {
                _ready[i].Add(registration);
            }
        }

        // What nobody wanted would be reported again and again. Reading stays armed after its notification, because whoever reads asks again
        // when all is read, and then nothing need be said to the kernel; a socket that can be written to could still be the next moment.
        Readiness disarm = surplus | (ready & ~Readiness.Read);
        if ((watched.Goal & disarm) != 0)
        {
            Change(watched, watched.Goal & ~disarm);
        }
    }

    private void TellAll(List<Registration> ready)
    {
        if (!IsInOrder(ready))
        {
            ready.Sort(static (one, other) => one.Order.CompareTo(other.Order));
        }

        foreach (Registration registration in ready)
        {
            Tell(registration);
        }

        ready.Clear();
    }

    // Often they are, and then there is nothing to sort: who asks first is often ready first.
    private static bool IsInOrder(List<Registration> ready)
    {
        for (int i = 1; i < ready.Count; i++)
        {
            if (ready[i - 1].Order > ready[i].Order)
            {
                return false;
            }
        }

        return true;
    }

    private void Tell(Registration registration)
    {
        // One that has ended reads no messages any more.
        if (!registration.Target.Component.IsStopped && !registration.TryTell())
        {
            _undelivered.Add(registration);
        }
    }

    // Their inboxes were full. Somebody has taken a step since: there may be room now.
    private void TellUndelivered()
    {
        Registration[] waiting = [.. _undelivered];
        _undelivered.Clear();
        foreach (Registration registration in waiting)
        {
            Tell(registration);
        }
    }

    // The kernel forgets a socket that is closed, and says nothing. A few are looked at each time, and all of them once when it becomes quiet,
    // so that whoever closed one without withdrawing its registration is told all the same, and nothing is left behind.
    private void LookForClosed(int most)
    {
        for (int i = Math.Min(most, _all.Count); i > 0 && _all.Count > 0; i--)
        {
            _nextChecked = (_nextChecked + 1) % _all.Count;
            Watched watched = _all[_nextChecked];
            if (watched.Selectable.IsClosed)
            {
                TellOfBadSocket(watched);
            }
        }
    }
}
