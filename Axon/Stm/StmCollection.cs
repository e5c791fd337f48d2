// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/STM.py. Copyright BBC and Kamaelia Contributors.

using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Axon;

/// <summary>Private copies of several values of a <see cref="Store"/>, taken at one moment, committed all or none.</summary>
/// <remarks>
/// <para>A commit raises the version of every one of them, also of those that were only read: so it fails if what was read has changed.</para>
/// <para>Threads: one at a time. Source: Axon/STM.py, <c>Collection</c>.</para>
/// </remarks>
public sealed class StmCollection : IReadOnlyDictionary<string, StmValue>
{
    private readonly Store _store;
    private readonly OrderedDictionary<string, StmValue> _copies = [];

    internal StmCollection(Store store, ReadOnlySpan<StmValue> copies)
    {
        _store = store;
        foreach (StmValue copy in copies)
        {
            _copies[copy.Key] = copy;
        }
    }

    /// <summary>The names, in the order asked for.</summary>
    public IEnumerable<string> Keys => _copies.Keys;

    /// <summary>The copies, in the order asked for.</summary>
    public IEnumerable<StmValue> Values => _copies.Values;

    /// <summary>How many there are.</summary>
    public int Count => _copies.Count;

    /// <summary>The copy of a value.</summary>
    /// <param name="key">Its name.</param>
    /// <exception cref="KeyNotFoundException">It was not asked for.</exception>
    public StmValue this[string key] => _copies.TryGetValue(key, out StmValue? copy) ? copy : throw new KeyNotFoundException(
        $"The collection has no \"{key}\". It has {string.Join(", ", Keys)}. Name it in the call of Using.");

    /// <summary>Stores all values as their next versions, or none. The same copies can be changed and committed again.</summary>
    /// <exception cref="ConcurrentUpdateException">Somebody has committed one of them since. Do the work again, on new copies.</exception>
    /// <exception cref="BusyRetryException">Another thread is inside the store. Call again.</exception>
    /// <exception cref="KeyNotFoundException">The store has forgotten one of the names.</exception>
    public void Commit() => TryCommit().ThrowUnlessCommitted(Keys);

    /// <summary>As <see cref="Commit"/>, but says what that would throw.</summary>
    /// <exception cref="KeyNotFoundException">The store has forgotten one of the names.</exception>
    public CommitResult TryCommit() => _store.TryCommit([.. _copies.Values]);

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _copies.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out StmValue value) => _copies.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, StmValue>> GetEnumerator() => _copies.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
