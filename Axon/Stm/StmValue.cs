// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/STM.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics;

namespace Axon;

/// <summary>A private copy of one value of a <see cref="Store"/>.</summary>
/// <remarks>Threads: one at a time. Source: Axon/STM.py, <c>Value</c>.</remarks>
[DebuggerDisplay("{Key,nq}, version {Version}: {Value}")]
public sealed class StmValue
{
    private readonly Store _store;

    internal StmValue(Store store, string key, StmEntry entry, object? value, int version)
    {
        _store = store;
        Key = key;
        Entry = entry;
        Value = value;
        Version = version;
    }

    /// <summary>The name of the value.</summary>
    public string Key { get; }

    /// <summary>The version that this is a copy of; a commit raises it.</summary>
    public int Version { get; internal set; }

    /// <summary>The value; setting it changes this copy, and the store when it is committed.</summary>
    public object? Value { get; set; }

    internal StmEntry Entry { get; }

    /// <summary>Sets <see cref="Value"/>.</summary>
    /// <param name="value">The value.</param>
    public void Set(object? value) => Value = value;

    /// <summary>Stores the value as the next version. The same copy can be changed and committed again.</summary>
    /// <exception cref="ConcurrentUpdateException">Somebody has committed it since. Do the work again, on a new copy.</exception>
    /// <exception cref="BusyRetryException">Another thread is inside the store. Call again.</exception>
    /// <exception cref="KeyNotFoundException">The store has forgotten the name.</exception>
    public void Commit() => TryCommit().ThrowUnlessCommitted([Key]);

    /// <summary>As <see cref="Commit"/>, but says what that would throw.</summary>
    /// <exception cref="KeyNotFoundException">The store has forgotten the name.</exception>
    public CommitResult TryCommit() => _store.TryCommit([this]);

    /// <summary>Another copy, of this one.</summary>
    public StmValue Clone() => new(_store, Key, Entry, _store.Clone(Value), Version);

    /// <summary>The same copy, seen as a value of one type.</summary>
    public StmValue<T> As<T>() => new(this);

    /// <summary>The name, the version and the value.</summary>
    public override string ToString() => $"{Key}, version {Version}: {Value ?? "null"}";
}

/// <summary>A private copy of one value of a <see cref="Store"/>, of one type.</summary>
/// <remarks>Threads: one at a time.</remarks>
/// <typeparam name="T">The type of the value.</typeparam>
[DebuggerDisplay("{Untyped}")]
public sealed class StmValue<T>
{
    internal StmValue(StmValue untyped)
    {
        Untyped = untyped;
    }

    /// <summary>The same copy, without the type.</summary>
    public StmValue Untyped { get; }

    /// <summary>The name of the value.</summary>
    public string Key => Untyped.Key;

    /// <summary>The version that this is a copy of; a commit raises it.</summary>
    public int Version => Untyped.Version;

    /// <summary>The value; the default of the type if the store has none yet. Setting it changes this copy.</summary>
    /// <exception cref="InvalidCastException">It is of another type.</exception>
    public T? Value
    {
        get => Untyped.Value switch
        {
            null => default,
            T value => value,
            object other => throw new InvalidCastException(
                $"The store's \"{Key}\" is a {other.GetType().Name}, and was asked for as a {typeof(T).Name}. Use one type for one name."),
        };
        set => Untyped.Value = value;
    }

    /// <summary>Sets <see cref="Value"/>.</summary>
    /// <param name="value">The value.</param>
    public void Set(T? value) => Value = value;

    /// <inheritdoc cref="StmValue.Commit"/>
    public void Commit() => Untyped.Commit();

    /// <inheritdoc cref="StmValue.TryCommit"/>
    public CommitResult TryCommit() => Untyped.TryCommit();

    /// <inheritdoc cref="StmValue.Clone"/>
    public StmValue<T> Clone() => Untyped.Clone().As<T>();

    /// <summary>The name, the version and the value.</summary>
    public override string ToString() => Untyped.ToString();
}
