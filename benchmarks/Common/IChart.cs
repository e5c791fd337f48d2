// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Benchmarks.Common;

/// <summary>A picture that goes with a page.</summary>
internal interface IChart
{
    /// <summary>What it shows.</summary>
    string Title { get; }

    /// <summary>The whole picture.</summary>
    /// <param name="foot">A line below it.</param>
    string ToSvg(string foot);
}
