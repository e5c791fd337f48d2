// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace LossyLink;

/// <summary>What is sent.</summary>
/// <param name="Number">Its place in the stream, from 0.</param>
/// <param name="Content">What it carries.</param>
internal sealed record Packet(int Number, object? Content);

/// <summary>What is sent back.</summary>
/// <param name="Next">All before this one have arrived.</param>
/// <param name="Early">Of the others, these have.</param>
internal sealed record Acknowledgement(int Next, int[] Early);
