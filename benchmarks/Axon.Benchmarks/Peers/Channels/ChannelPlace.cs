// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Channels;

namespace Axon.Benchmarks.Peers.Channels;

/// <summary>Where methods that read and write channels run, and who continues a reader that waited.</summary>
/// <param name="Setting">The name in tables.</param>
/// <param name="Venue">Where they run.</param>
/// <param name="Inline">Whether the writer continues the reader, within its own call.</param>
internal sealed record ChannelPlace(string Setting, Venue Venue, bool Inline)
{
    public static IReadOnlyList<ChannelPlace> All { get; } =
    [
        new("Channels", Venue.Pool, Inline: false),
        new("Channels, inline", Venue.Here, Inline: true),
        new("Channels, 1 thread", Loop.Only, Inline: false),
    ];

    /// <param name="limit">How many messages it may hold.</param>
    /// <param name="manyWriters">Whether more than one writes.</param>
    public Channel<object> Make(int? limit = null, bool manyWriters = false) => limit is { } size
        ? Channel.CreateBounded<object>(
            new BoundedChannelOptions(size) { SingleReader = true, SingleWriter = !manyWriters, AllowSynchronousContinuations = Inline })
        : Channel.CreateUnbounded<object>(
            new UnboundedChannelOptions { SingleReader = true, SingleWriter = !manyWriters, AllowSynchronousContinuations = Inline });
}
