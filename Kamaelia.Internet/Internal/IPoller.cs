// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Sockets;

namespace Kamaelia.Internet;

/// <summary>What waits for sockets: the boundary to the operating system.</summary>
/// <remarks>
/// <para>The contract, the same for every implementation, and tested once for all of them:</para>
/// <list type="bullet">
/// <item><see cref="Watch"/> says what the system shall report of a socket from now on, until it says otherwise. Reports are <em>level-triggered</em>: a
/// condition that holds is reported by every wait, also if it held before the call.</item>
/// <item>A socket watched for nothing is not reported at all, not even an error or the end of its stream.</item>
/// <item>An error or hang-up is reported as everything the socket is watched for: who touches the socket sees what is wrong.</item>
/// <item>A wait may return for no reason, and may report a socket that is not ready any more.</item>
/// <item>A socket that was closed while it was watched harms no other.</item>
/// <item>Threads: all calls on the scheduler's thread, but <see cref="Wake"/>: any thread.</item>
/// </list>
/// </remarks>
internal interface IPoller : IDisposable
{
    /// <summary>A name for people.</summary>
    string Name { get; }

    /// <summary>Says what to report of a socket.</summary>
    /// <param name="watched">The socket and what is known of it; <see cref="Watched.Armed"/> is what was said last.</param>
    /// <param name="interest">What to report; none takes the socket out.</param>
    /// <exception cref="SocketException">The system refuses: the socket is closed, or is no socket.</exception>
    void Watch(Watched watched, Readiness interest);

    /// <summary>Waits until a socket is ready, the time is up, or <see cref="Wake"/> is called, and reports what is ready.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for no limit, zero to only look.</param>
    /// <param name="report">Told each socket and what it is ready for. It may call <see cref="Watch"/>, and close sockets.</param>
    /// <returns>Whether <see cref="Wake"/> was called.</returns>
    bool Wait(TimeSpan timeout, Action<Watched, Readiness> report);

    /// <summary>Ends the present wait, or the next one.</summary>
    void Wake();
}
