// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>What a step of a microprocess hands back to the scheduler.</summary>
/// <remarks>
/// <para>A ported line stays as it was: <c>yield return 1;</c>. Numbers, null and every message but
/// <see cref="NewComponent"/> and <see cref="WaitComplete"/> just mean "end of step". Nothing is boxed.</para>
/// <para>Threads: any thread; a value without identity.</para>
/// </remarks>
public readonly struct Yield : IEquatable<Yield>
{
    private readonly Ipc? _message;
    private readonly int _number;

    private Yield(Ipc? message, int number)
    {
        _message = message;
        _number = number;
    }

    /// <summary>What was yielded: a message, or else a number.</summary>
    /// <remarks>Cost: boxes the number; meant for tests and tools.</remarks>
    public object Value => _message ?? (object)_number;

    internal Ipc? Message => _message;

    /// <summary>End of step; the number has no meaning.</summary>
    /// <param name="number">Any number; 1 by custom.</param>
    public static implicit operator Yield(int number) => new(null, number);

    /// <summary>End of step, with a message for the scheduler.</summary>
    /// <param name="message">A message, or null for none.</param>
    public static implicit operator Yield(Ipc? message) => new(message, 0);

    /// <summary>End of step with whatever an old-style method returned: a message counts, all else is the number 1.</summary>
    /// <param name="result">The result of <see cref="Component.MainBody"/> and its kin.</param>
    public static Yield From(object? result) => result switch
    {
        Ipc message => message,
        int number => number,
        _ => 1,
    };

    /// <summary>Whether two values are the same message or the same number.</summary>
    public static bool operator ==(Yield left, Yield right) => left.Equals(right);

    /// <summary>Whether two values differ.</summary>
    public static bool operator !=(Yield left, Yield right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Yield other) => ReferenceEquals(_message, other._message) && _number == other._number;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Yield other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_message, _number);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString()!;
}
