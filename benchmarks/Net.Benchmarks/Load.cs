// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;
using System.Text.Json;

namespace Net.Benchmarks;

/// <summary>A run of the load generator, which has the second core to itself.</summary>
internal static class Load
{
    /// <summary>Runs it.</summary>
    /// <param name="tools">Where it is.</param>
    /// <param name="server">Whom to load.</param>
    /// <param name="mode">See the head of <c>native/loadgen.c</c>.</param>
    /// <param name="options">As above.</param>
    /// <returns>Its figures.</returns>
    public static JsonElement Run(Toolbox tools, ServerProcess server, string mode, string options)
    {
        string[] arguments =
        [
            mode, "127.0.0.1", $"{server.Port}", "-p", $"{server.Id}", "-u", $"{ServerProcess.LoadCore}",
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ];
        JsonElement figures = JsonDocument.Parse(Toolbox.Run(tools.LoadGenerator, arguments)).RootElement;
        foreach (string fault in (string[])["errors", "bad"])
        {
            if (figures.TryGetProperty(fault, out JsonElement count) && count.GetInt64() != 0)
            {
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{mode} {options}: {count.GetInt64()} {fault}"));
            }
        }

        return figures;
    }

    public static double Number(this JsonElement figures, string name) => figures.GetProperty(name).GetDouble();
}
