// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/AxonExceptions.py. Copyright BBC and Kamaelia Contributors.

namespace Axon;

/// <summary>The base of every exception that Axon throws of its own.</summary>
/// <remarks>Source: Axon/AxonExceptions.py, <c>AxonException</c>.</remarks>
public class AxonException : Exception
{
    /// <summary>Makes an exception without a text of its own.</summary>
    public AxonException()
        : this("An error in an Axon system.")
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">Says what happened, to which component and box, and what to do.</param>
    /// <param name="arguments">The facts behind the text, as Python's <c>args</c> keeps them.</param>
    public AxonException(string message, params object?[] arguments)
        : base(message)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        Arguments = arguments;
    }

    /// <summary>Makes an exception that was caused by another.</summary>
    /// <param name="message">Says what happened, to which component and box, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public AxonException(string message, Exception? innerException)
        : base(message, innerException)
    {
        Arguments = [];
    }

    /// <summary>The facts behind the text.</summary>
    public IReadOnlyList<object?> Arguments { get; }
}
