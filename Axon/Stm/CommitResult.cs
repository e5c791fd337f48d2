// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>What became of an attempt to commit to a <see cref="Store"/>.</summary>
public enum CommitResult
{
    /// <summary>All values are stored.</summary>
    Committed,

    /// <summary>Somebody has committed since the copies were taken; nothing is stored. Do the work again, on new copies.</summary>
    Stale,

    /// <summary>Another thread is inside the store; nothing is stored. Try the same again.</summary>
    Busy,
}

internal static class CommitResultExtensions
{
    public static void ThrowUnlessCommitted(this CommitResult result, IEnumerable<string> keys)
    {
        switch (result)
        {
            case CommitResult.Stale:
                throw new ConcurrentUpdateException([.. keys]);
            case CommitResult.Busy:
                throw new BusyRetryException();
        }
    }
}
