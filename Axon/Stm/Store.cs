// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/STM.py. Copyright BBC and Kamaelia Contributors.

using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Axon;

/// <summary>Values under names, shared between threads: take private copies, change them, commit them all or none.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>
/// Store accounts = new();
/// while (true)
/// {
///     StmCollection copy = accounts.Using("mine", "yours");
///     StmValue&lt;int&gt; mine = copy["mine"].As&lt;int&gt;();
///     StmValue&lt;int&gt; yours = copy["yours"].As&lt;int&gt;();
///     mine.Value -= 10;
///     yours.Value += 10;
///     if (copy.TryCommit() == CommitResult.Committed) { break; }
/// }
/// </code>
/// <para><em>How does it work?</em> It is version control for variables. Each value has a version. A commit succeeds if nobody has committed
/// any of the same names since the copies were taken; otherwise the work is done again, on new copies.</para>
/// <para>No call waits for another thread, because a component must not: where another thread is inside at that very moment, the call says
/// "busy" and has changed nothing; make the same call again, in the next cycle for instance.</para>
/// <para>Values should be immutable. If they are not, give the store a cloner; otherwise changing an object changes it for everybody.</para>
/// <para>Threads: any thread. A copy belongs to whoever took it.</para>
/// <para>Source: Axon/STM.py, <c>Store</c>.</para>
/// </remarks>
/// <param name="cloner">Copies a value, whenever one is handed out or committed; called outside of the store. Default: nothing is copied.</param>
// PORT: differs. Python copies every value deeply, on the way out and on the way in, while the store is locked; and its callers can claim to
// hold the lock (islocked).
public sealed class Store(Func<object?, object?>? cloner = null)
{
    private readonly Dictionary<string, StmEntry> _entries = [];

    /// <summary>Held for as long as a thread is inside.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>A copy of the value under a name; one that was never used before is null, in version 0.</summary>
    /// <param name="key">The name.</param>
    /// <exception cref="BusyRetryException">Another thread is inside. Call again.</exception>
    /// <remarks>Source: Axon/STM.py, <c>Store.usevar</c>.</remarks>
    public StmValue UseVar(string key) => TryUseVar(key, out StmValue? value) ? value : throw new BusyRetryException();

    /// <summary>As <see cref="UseVar"/>, for values of one type.</summary>
    /// <param name="key">The name.</param>
    /// <exception cref="BusyRetryException">Another thread is inside. Call again.</exception>
    public StmValue<T> UseVar<T>(string key) => UseVar(key).As<T>();

    /// <summary>As <see cref="UseVar"/>, but says false where that would throw.</summary>
    /// <param name="key">The name.</param>
    /// <param name="value">The copy.</param>
    /// <returns>Whether no other thread was inside.</returns>
    public bool TryUseVar(string key, [NotNullWhen(true)] out StmValue? value)
    {
        bool taken = TryUsing(out StmCollection? copies, key);
        value = taken ? copies![key] : null;
        return taken;
    }

    /// <summary>Copies of several values, taken at one moment, to be committed together.</summary>
    /// <param name="keys">The names.</param>
    /// <exception cref="BusyRetryException">Another thread is inside. Call again.</exception>
    /// <remarks>Source: Axon/STM.py, <c>Store.using</c>.</remarks>
    public StmCollection Using(params ReadOnlySpan<string> keys) =>
        TryUsing(out StmCollection? copies, keys) ? copies : throw new BusyRetryException();

    /// <summary>As <see cref="Using"/>, but says false where that would throw.</summary>
    /// <param name="copies">The copies.</param>
    /// <param name="keys">The names.</param>
    /// <returns>Whether no other thread was inside.</returns>
    public bool TryUsing([NotNullWhen(true)] out StmCollection? copies, params ReadOnlySpan<string> keys)
    {
        copies = null;
        StmValue[] values = new StmValue[keys.Length];
        if (!Gate.TryEnter())
        {
            return false;
        }

        try
        {
            for (int i = 0; i < keys.Length; i++)
            {
                StmEntry entry = FindOrMake(keys[i]);
                values[i] = new StmValue(this, keys[i], entry, entry.Value, entry.Version);
            }
        }
        finally
        {
            Gate.Exit();
        }

        foreach (StmValue value in values)
        {
            value.Value = Clone(value.Value);
        }

        copies = new StmCollection(this, values);
        return true;
    }

    /// <summary>Forgets a name. Copies of it can be committed no more.</summary>
    /// <param name="key">The name.</param>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="BusyRetryException">Another thread is inside. Call again.</exception>
    public bool Remove(string key)
    {
        if (!Gate.TryEnter())
        {
            throw new BusyRetryException();
        }

        try
        {
            return _entries.Remove(key);
        }
        finally
        {
            Gate.Exit();
        }
    }

    /// <summary>All names, versions and values, a line each, in the order of first use; for looking at.</summary>
    /// <remarks>Waits until no other thread is inside. Source: Axon/STM.py, <c>Store.dump</c>.</remarks>
    // PORT: differs. Python prints.
    public string Dump()
    {
        StringBuilder text = new();
        lock (Gate)
        {
            foreach ((string key, StmEntry entry) in _entries)
            {
                text.Append(key).Append(", version ").Append(entry.Version).Append(": ").Append(entry.Value ?? "null").Append('\n');
            }
        }

        return text.ToString();
    }

    internal object? Clone(object? value) => cloner is null ? value : cloner(value);

    /// <summary>Commits all or none.</summary>
    internal CommitResult TryCommit(ReadOnlySpan<StmValue> copies)
    {
        object?[] values = new object?[copies.Length];
        for (int i = 0; i < copies.Length; i++)
        {
            values[i] = Clone(copies[i].Value);
        }

        if (!Gate.TryEnter())
        {
            return CommitResult.Busy;
        }

        try
        {
            foreach (StmValue copy in copies)
            {
                // PORT: differs. In Python an old copy of a name that was deleted and used again can be committed. Here it is another one.
                StmEntry entry = Find(copy.Key);
                if (entry != copy.Entry || entry.Version > copy.Version)
                {
                    return CommitResult.Stale;
                }
            }

            for (int i = 0; i < copies.Length; i++)
            {
                copies[i].Version++;
                copies[i].Entry.Value = values[i];
                copies[i].Entry.Version = copies[i].Version;
            }

            return CommitResult.Committed;
        }
        finally
        {
            Gate.Exit();
        }
    }

    private StmEntry Find(string key) => _entries.TryGetValue(key, out StmEntry? entry) ? entry : throw new KeyNotFoundException(
        $"The store has no \"{key}\" any more: it was removed after the copy was taken. Take a new copy, which makes it anew.");

    private StmEntry FindOrMake(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!_entries.TryGetValue(key, out StmEntry? entry))
        {
            entry = new StmEntry();
            _entries.Add(key, entry);
        }

        return entry;
    }
}

/// <summary>What a store holds under a name. Used only by who holds the store's gate.</summary>
internal sealed class StmEntry
{
    public object? Value { get; set; }

    public int Version { get; set; }
}
