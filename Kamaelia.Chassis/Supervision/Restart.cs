// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Chassis;

/// <summary>Which ends of a child make its <see cref="Supervisor"/> put another in its place. The words are those of Erlang/OTP.</summary>
public enum Restart
{
    /// <summary>A crash does; one that ends by itself has done its work. The default.</summary>
    Transient,

    /// <summary>A crash does, and so does an end by itself, unless it was told to end.</summary>
    Permanent,

    /// <summary>No end does.</summary>
    Temporary,
}
