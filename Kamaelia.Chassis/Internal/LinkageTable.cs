// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Chassis;

/// <summary>Where each box leads, by the names of a chassis' components; every entry is checked as it is given.</summary>
/// <param name="chassis">What the chassis is called in an error.</param>
/// <param name="names">The names of its components, present ones and those to come.</param>
internal sealed class LinkageTable(string chassis, ICollection<string> names)
{
    /// <summary>Stands for the chassis itself, and so does an empty name.</summary>
    public const string Self = "self";

    // In the order given. Whatever the chassis itself was called, here it is "self".
    private readonly Dictionary<(string Component, string Box), (string Component, string Box)> _entries = [];

    /// <summary>Whether a name that no component has is an error; else it stands for the chassis.</summary>
    public bool StrictNames { get; set; } = true;

    /// <summary>Where each box leads, in the order given. The chassis is <see cref="Self"/>.</summary>
    public IReadOnlyDictionary<(string Component, string Box), (string Component, string Box)> Entries => _entries;

    /// <summary>Where a box leads.</summary>
    /// <exception cref="KeyNotFoundException">The table does not say.</exception>
    public (string Component, string Box) this[string component, string box] =>
        _entries.TryGetValue((Canonical(component), box), out var sink)
            ? sink
            : throw new KeyNotFoundException($"The table of the {chassis} does not say where \"{component}\".\"{box}\" leads.");

    /// <summary>Whether the table says where a box leads.</summary>
    public bool LeadsOn(string component, string box) => _entries.ContainsKey((component, box));

    /// <summary>The name of a component as it is; any other is the chassis.</summary>
    public string Canonical(string name) => names.Contains(name) ? name : Self;

    /// <summary>Adds an entry.</summary>
    /// <param name="source">From where.</param>
    /// <param name="sink">To where.</param>
    /// <param name="check">Sees to it that both boxes exist; throws if they cannot be linked.</param>
    /// <param name="parameter">Where it was given.</param>
    /// <exception cref="ArgumentException">A name is unknown, both ends are the chassis, the source has an entry, or the check failed.</exception>
    public void Add(
        (string Component, string Box) source,
        (string Component, string Box) sink,
        Action<(string Component, string Box), (string Component, string Box)> check,
        string parameter)
    {
        string entry = $"(\"{source.Component}\", \"{source.Box}\") : (\"{sink.Component}\", \"{sink.Box}\")";
        ThrowIfUnknown(source.Component, entry, parameter);
        ThrowIfUnknown(sink.Component, entry, parameter);
        source.Component = Canonical(source.Component);
        sink.Component = Canonical(sink.Component);
        if (source.Component == Self && sink.Component == Self)
        {
            throw new ArgumentException(
                $"The linkage {entry} would link the {chassis} to itself: neither name is one of {ListNames()}. " +
                "One end must be a component.",
                parameter);
        }

        if (_entries.TryGetValue(source, out var present))
        {
            throw new ArgumentException(
                $"The linkage {entry} contradicts another: that box leads to (\"{present.Component}\", \"{present.Box}\") already, and a box " +
                "has one destination. Put a component between that sends to both.",
                parameter);
        }

        try
        {
            check(source, sink);
        }
        catch (Exception exception) when (exception is KeyNotFoundException or ArgumentException)
        {
            throw new ArgumentException($"The linkage {entry} cannot be made: {exception.Message}", parameter, exception);
        }

        _entries.Add(source, sink);
    }

    /// <summary>The names, for an error.</summary>
    public string ListNames() => names.Count == 0 ? "no components" : $"the components {string.Join(", ", names)}";

    private void ThrowIfUnknown(string name, string entry, string parameter)
    {
        if (name is null || (StrictNames && name is not ("" or Self) && !names.Contains(name)))
        {
            throw new ArgumentException(
                $"The linkage {entry} names \"{name}\", and the {chassis} has {ListNames()}. Add components before the linkages " +
                $"between them, and call the {chassis} itself \"{Self}\".",
                parameter);
        }
    }
}
