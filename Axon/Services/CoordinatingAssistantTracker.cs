// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/CoordinatingAssistantTracker.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>A registry of services (a component and one of its inboxes, by name) and of named values. Usually called the CAT.</summary>
/// <remarks>
/// <para>Every scheduler has one; a component reaches it as <see cref="Microprocess.Tracker"/>. A service stays registered when its
/// component ends: deregistering is the component's job.</para>
/// <para>Threads: any thread.</para>
/// <para>Source: Axon/CoordinatingAssistantTracker.py.</para>
/// </remarks>
/// <param name="parent">Kept, and never asked for anything.</param>
// PORT: differs. Python's has no lock and must not be used from threads.
public sealed class CoordinatingAssistantTracker(CoordinatingAssistantTracker? parent = null)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (Component Component, string Inbox)> _services = [];
    private readonly Dictionary<string, object?> _values = [];

    /// <summary>The tracker given to the constructor, or null.</summary>
    public CoordinatingAssistantTracker? Parent { get; } = parent;

    /// <summary>The tracker of the running step's scheduler, or of <see cref="Scheduler.Default"/>.</summary>
    /// <remarks>Source: Axon/CoordinatingAssistantTracker.py, <c>getcat</c>.</remarks>
    public static CoordinatingAssistantTracker GetCat() => (Scheduler.Current ?? Scheduler.Default).Tracker;

    /// <summary>Offers a service.</summary>
    /// <param name="service">Its name.</param>
    /// <param name="component">Who offers it.</param>
    /// <param name="inbox">The inbox that it is asked at.</param>
    /// <exception cref="ServiceAlreadyExistsException">The name is taken.</exception>
    /// <exception cref="BadComponentException">There is no component.</exception>
    /// <exception cref="BadInboxException">The component has no such inbox.</exception>
    public void RegisterService(string service, Component component, string inbox)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_lock)
        {
            if (_services.ContainsKey(service))
            {
                throw new ServiceAlreadyExistsException(service);
            }

            if (component is null)
            {
                throw new BadComponentException(component);
            }

            if (inbox is null || !component.HasInbox(inbox))
            {
                throw new BadInboxException(component, inbox ?? "");
            }

            _services.Add(service, (component, inbox));
        }
    }

    /// <summary>Takes a service off the list.</summary>
    /// <param name="service">Its name.</param>
    /// <exception cref="MultipleServiceDeletionException">It is not on the list.</exception>
    public void DeregisterService(string service)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_lock)
        {
            if (!_services.Remove(service))
            {
                throw new MultipleServiceDeletionException(service);
            }
        }
    }

    /// <summary>Who offers a service, and at which inbox.</summary>
    /// <param name="service">Its name.</param>
    /// <exception cref="KeyNotFoundException">Nobody does.</exception>
    public (Component Component, string Inbox) RetrieveService(string service) =>
        TryRetrieveService(service, out var found)
            ? found
            : throw new KeyNotFoundException(
                $"No service \"{service}\" is registered. Registered: {(ServicesRegistered() is { Count: > 0 } names ? string.Join(", ", names) : "none")}.");

    /// <summary>As <see cref="RetrieveService"/>, but says false where that would throw.</summary>
    /// <param name="service">Its name.</param>
    /// <param name="found">Who offers it, and at which inbox.</param>
    public bool TryRetrieveService(string service, out (Component Component, string Inbox) found)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_lock)
        {
            return _services.TryGetValue(service, out found);
        }
    }

    /// <summary>The names of all services; a copy.</summary>
    public IReadOnlyList<string> ServicesRegistered()
    {
        lock (_lock)
        {
            return [.. _services.Keys];
        }
    }

    /// <summary>Keeps a value under a new name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="NamespaceClashException">The name is taken; its value is left as it is.</exception>
    public void TrackValue(string name, object? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        lock (_lock)
        {
            if (!_values.TryAdd(name, value))
            {
                throw new NamespaceClashException(name);
            }
        }
    }

    /// <summary>Replaces a value.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The new value.</param>
    /// <exception cref="AccessToUndeclaredTrackedVariableException">Nothing is kept under that name.</exception>
    public void UpdateValue(string name, object? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        lock (_lock)
        {
            if (!_values.ContainsKey(name))
            {
                throw new AccessToUndeclaredTrackedVariableException(name, value);
            }

            _values[name] = value;
        }
    }

    /// <summary>The value kept under a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="AccessToUndeclaredTrackedVariableException">Nothing is kept under that name.</exception>
    public object? RetrieveValue(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        lock (_lock)
        {
            return _values.TryGetValue(name, out object? value)
                ? value
                : throw new AccessToUndeclaredTrackedVariableException(name, null);
        }
    }

    /// <summary>The names of all values; a copy.</summary>
    public IReadOnlyList<string> InformationItemsLogged()
    {
        lock (_lock)
        {
            return [.. _values.Keys];
        }
    }

    /// <summary>Forgets all services and values.</summary>
    public void Zap()
    {
        lock (_lock)
        {
            _services.Clear();
            _values.Clear();
        }
    }
}
