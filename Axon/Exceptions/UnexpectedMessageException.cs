// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon;

/// <summary>A message of another type than the component asked for is next in its inbox.</summary>
/// <remarks>The message stays in the inbox: take it with <see cref="Component.Recv(string)"/> to look at it or to drop it.</remarks>
public sealed class UnexpectedMessageException : AxonException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="box">The inbox.</param>
    /// <param name="expected">The type asked for.</param>
    /// <param name="found">The message that was there; null is a message too.</param>
    public UnexpectedMessageException(Postbox box, Type expected, object? found)
        : base(
            $"The {box} was asked for a {expected.Name} and the next message is {Describe(found)}. It was left in the box: " +
            "take it with Recv(), or link a producer that sends what this component reads.",
            box,
            expected,
            found)
    {
        Box = box;
        Expected = expected;
        Found = found;
    }

    /// <summary>The inbox.</summary>
    public Postbox Box { get; }

    /// <summary>The type asked for.</summary>
    public Type Expected { get; }

    /// <summary>The message that was there.</summary>
    public object? Found { get; }

    private static string Describe(object? found) => found is null ? "null" : $"a {found.GetType().Name}";
}
