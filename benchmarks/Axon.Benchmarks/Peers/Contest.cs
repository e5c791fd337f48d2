// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Benchmarks.Peers;

/// <summary>The same work, done by everybody.</summary>
/// <param name="Name">The name in tables and filters.</param>
/// <param name="Unit">What one operation is.</param>
/// <param name="Multiple">The number of operations is a multiple of this.</param>
/// <param name="Contestants">Who takes part, in the order of their turns.</param>
internal sealed record Contest(string Name, string Unit, int Multiple, IReadOnlyList<Contestant> Contestants);
