// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;

namespace Axon.Tests;

/// <summary>How much the stress tests do: a little in an ordinary run, and more when the environment says how much.</summary>
internal static class Stress
{
    /// <summary>Messages of a test: <c>AXON_STRESS_MESSAGES</c>, or two hundred thousand.</summary>
    public static int Messages { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("AXON_STRESS_MESSAGES"), CultureInfo.InvariantCulture, out int messages) ? messages : 200_000;

    /// <summary>How long a test may take: half a minute, and a second for each ten thousand messages.</summary>
    public static TimeSpan Limit { get; } = Patience.Limit + TimeSpan.FromSeconds(Messages / 10_000);
}
