// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon;

namespace Kamaelia.Chassis;

/// <summary>A child's place in a <see cref="Supervisor"/>: the boxes that stay, and the component that has them at present.</summary>
/// <remarks>
/// Whatever leads to an inbox of the child leads to an inbox of the Supervisor, and from there on to the child. While there is none, messages
/// wait there. Only that last linkage is made anew for each component.
/// </remarks>
/// <param name="supervisor">Whose child it is.</param>
/// <param name="children">Who makes and links children there.</param>
/// <param name="name">The child's name.</param>
/// <param name="spec">How to make one, and when another.</param>
internal sealed class SupervisedChild(AdaptiveCommsComponent supervisor, Children children, string name, ChildSpec spec)
{
    private readonly List<Inlet> _inlets = [];
    private readonly List<(string Box, string Target, Passthrough Passthrough)> _outlets = [];

    // What is left of a component that another is to follow.
    private readonly List<Component> _parts = [];

    // For "control", and not delivered yet.
    private readonly Queue<object?> _untold = new();
    private string? _controlOutbox;
    private ProducerFinished? _finish;
    private bool _isCutOff;
    private TimeSpan _startedAt;
    private int _crashesInARow;

    public string Name => name;

    public ChildSpec Spec => spec;

    /// <summary>The present component, or null.</summary>
    public Component? Present { get; private set; }

    /// <summary>When another component is due; null if none is to come.</summary>
    public TimeSpan? Due { get; set; }

    /// <summary>How many crashes there have been.</summary>
    public int Crashes { get; set; }

    /// <summary>What leads to its <c>"control"</c> by the table, and is handed on by the Supervisor; null if the table says nothing of it.</summary>
    public string? ControlInlet { get; private set; }

    /// <summary>Whether it was told to finish or to stop.</summary>
    public bool IsToldToEnd { get; private set; }

    /// <summary>Whether it was told to stop.</summary>
    public bool IsToldToStop { get; private set; }

    /// <summary>Whether components are left that were stopped and have not ended.</summary>
    public bool IsStopping => _parts.Count > 0;

    /// <summary>Whether there is no component, and there will be none.</summary>
    public bool HasFinished => Present is null && Due is null && !IsStopping;

    /// <summary>Whether messages for its <c>"control"</c> wait for room.</summary>
    public bool IsBlocked => Present is not null && _untold.Count > 0;

    /// <summary>The inbox of the Supervisor that leads to an inbox of the child; made when it is first asked for.</summary>
    public string InletTo(string box)
    {
        string? inlet = box == "control" ? ControlInlet : _inlets.Find(known => known.Box == box)?.Own;
        if (inlet is null)
        {
            inlet = supervisor.AddInbox($"_{name}.{box}", $"For \"{box}\" of the child \"{name}\".");
            if (box == "control")
            {
                ControlInlet = inlet;
            }
            else
            {
                _inlets.Add(new Inlet(box, inlet));
            }
        }

        return inlet;
    }

    /// <summary>Lets an outbox of each component lead to a box of the Supervisor.</summary>
    public void AddOutlet(string box, string target, Passthrough passthrough) => _outlets.Add((box, target, passthrough));

    public bool IsHere(Component component) => Present == component || _parts.Contains(component);

    /// <summary>Makes a component, gives it what waits for it, and activates it.</summary>
    /// <exception cref="Exception">Whatever the factory throws, or what is wrong with the component.</exception>
    public void Start(TimeSpan now)
    {
        Component component = children.Make(spec.Factory, [.. _inlets.Select(inlet => inlet.Box)], [.. _outlets.Select(outlet => outlet.Box)]);
        supervisor.AddChildren(component);
        try
        {
            LinkOutward(component);
        }
        catch (Exception)
        {
            supervisor.RemoveChild(component);
            throw;
        }

        foreach (Inlet inlet in _inlets)
        {
            inlet.Onward = children.LinkInward(inlet.Own, component, inlet.Box);
        }

        Present = component;
        Due = null;
        _isCutOff = false;
        _startedAt = now;
        component.Activate(supervisor.Scheduler);
        TellAgain();
    }

    /// <summary>Has a message delivered to its <c>"control"</c>; a successor hears again what it was told to finish by.</summary>
    public void Tell(object? message)
    {
        _finish = message as ProducerFinished ?? _finish;
        IsToldToEnd |= message is ProducerFinished or ShutdownMicroprocess;
        if (message is ShutdownMicroprocess)
        {
            IsToldToStop = true;
            Due = null;
        }

        _untold.Enqueue(message);
        PassControl();
    }

    /// <summary>Delivers what waits for its <c>"control"</c>, as far as there is room now.</summary>
    public void PassControl()
    {
        if (HasFinished || Present?.HasInbox("control") == false)
        {
            _untold.Clear();
        }

        while (Present is not null && !_isCutOff && _untold.TryPeek(out object? message) && supervisor.TrySend(message, _controlOutbox!))
        {
            _untold.Dequeue();
        }
    }

    /// <summary>Takes back what waits in the present component's inboxes; from now on messages wait for the next one.</summary>
    public void CutOff()
    {
        if (Present is not { } component || _isCutOff)
        {
            return;
        }

        _isCutOff = true;
        foreach (Inlet inlet in _inlets)
        {
            int? limit = Children.EndOf(component.GetInbox(inlet.Box)).Size;
            object?[] unread = [.. component.Inbox(inlet.Box)];
            supervisor.Unlink(inlet.Onward!);
            Postbox own = supervisor.GetInbox(inlet.Own);
            own.Size = null;
            foreach (object? message in unread)
            {
                own.Append(message);
            }

            // Senders are held up by the empty place as they were by the component.
            own.Size = limit;
        }

        if (component.HasInbox("control"))
        {
            PutBack([.. component.Inbox("control")]);
        }
    }

    /// <summary>Stops the present component and whatever it adopted. The place is empty when all of these have ended.</summary>
    public void Stop()
    {
        CutOff();
        Component component = Present!;
        Present = null;
        foreach (Component part in component.Family())
        {
            supervisor.AddChildren(part);
            _parts.Add(part);
            part.Stop();
        }

        LetGoOfEnded();
    }

    /// <summary>Lets go of what was stopped and has ended.</summary>
    public void LetGoOfEnded() => _parts.RemoveAll(part =>
    {
        bool ended = Children.HasEnded(part);
        if (ended)
        {
            children.LetGo(part);
        }

        return ended;
    });

    /// <summary>The present component has ended, and that was that.</summary>
    public void LetGo()
    {
        children.LetGo(Present!);
        Present = null;
    }

    /// <summary>Drops what waits for one that will not come.</summary>
    public void DropUnread()
    {
        foreach (Inlet inlet in _inlets)
        {
            children.Dropped += supervisor.Inbox(inlet.Own).Count();
        }
    }

    /// <summary>How long the place is to stay empty after this end of the present component.</summary>
    public TimeSpan NextDelay(RestartPolicy policy, TimeSpan now, Random random)
    {
        _crashesInARow = Present is not null && now - _startedAt >= policy.Period ? 1 : _crashesInARow + 1;
        return policy.DelayAfter(_crashesInARow, random);
    }

    private void LinkOutward(Component component)
    {
        foreach ((string box, string target, Passthrough passthrough) in _outlets)
        {
            supervisor.Link((component, box), (supervisor, target), passthrough);
        }

        if (component.HasOutbox("signal") && !_outlets.Exists(outlet => outlet.Box == "signal"))
        {
            supervisor.Link((component, "signal"), (supervisor, "_signal"));
        }

        if (component.HasInbox("control"))
        {
            _controlOutbox ??= supervisor.AddOutbox("_cs", $"For \"control\" of the child \"{name}\".");
            supervisor.Link((supervisor, _controlOutbox), (component, "control"));
        }
    }

    // One that was told to finish and crashed has not finished: without the order its successor would wait for ever.
    private void TellAgain()
    {
        if (_finish is not null && !_untold.Contains(_finish))
        {
            PutBack([_finish]);
        }

        PassControl();
    }

    private void PutBack(object?[] messages)
    {
        object?[] behind = [.. _untold];
        _untold.Clear();
        foreach (object? message in (object?[])[.. messages, .. behind])
        {
            _untold.Enqueue(message);
        }
    }

    /// <summary>The way to an inbox of the child.</summary>
    /// <param name="box">Which inbox.</param>
    /// <param name="own">The inbox of the Supervisor that leads there.</param>
    private sealed class Inlet(string box, string own)
    {
        public string Box => box;

        public string Own => own;

        public Linkage? Onward { get; set; }
    }
}
