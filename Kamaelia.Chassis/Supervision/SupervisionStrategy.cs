// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Chassis;

/// <summary>Who is replaced together with a child of a <see cref="Supervisor"/>. The words are those of Erlang/OTP.</summary>
public enum SupervisionStrategy
{
    /// <summary>Nobody. The default.</summary>
    OneForOne,

    /// <summary>All that have not ended: they are stopped, and when all have ended all are made anew.</summary>
    OneForAll,

    /// <summary>As <see cref="OneForAll"/>, but only those that were named after it.</summary>
    RestForOne,
}
