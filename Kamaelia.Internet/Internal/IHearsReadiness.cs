// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Kamaelia.Internet;

/// <summary>A component that a selector may tell of its socket by a call, which does what a message to the inbox would have done.</summary>
/// <remarks>Ten thousand idle connections are spared two inboxes each, and a busy one the way through them.</remarks>
internal interface IHearsReadiness
{
    /// <summary>Whether messages to that inbox mean no more than that the socket is ready.</summary>
    bool Hears(Readiness readiness, string inbox);

    /// <summary>The socket is ready.</summary>
    void Hear(Readiness readiness);
}
