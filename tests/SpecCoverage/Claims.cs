// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Text.RegularExpressions;

namespace SpecCoverage;

/// <summary>What the repository says about the statements of the specification, and where it says so.</summary>
internal sealed partial class Claims
{
    /// <summary>Ids that a test carries as a trait.</summary>
    public Dictionary<string, string> Tested { get; } = [];

    /// <summary>Ids in comments <c>// Spec: AX-…</c>, and in the table "Implemented, not tested" of docs/PORTING.md.</summary>
    public Dictionary<string, string> Implemented { get; } = [];

    /// <summary>Ids in the table "Left out on purpose" of docs/PORTING.md.</summary>
    public Dictionary<string, string> LeftOut { get; } = [];

    /// <summary>Ids that are only talked about in docs/PORTING.md; they must exist all the same.</summary>
    public Dictionary<string, string> Mentioned { get; } = [];

    /// <summary>Rows of the tables that give no reason.</summary>
    public List<string> WithoutReason { get; } = [];

    /// <summary>Reads a source file. The trait of a skipped test proves nothing.</summary>
    public void ReadSource(string file, IEnumerable<string> lines)
    {
        List<string> traits = [];
        bool skipped = false;
        foreach (string line in lines.Select(line => line.Trim()))
        {
            if (line.StartsWith('['))
            {
                traits.AddRange(Trait().Matches(line).Select(match => match.Groups["id"].Value));
                skipped |= line.Contains("Skip =", StringComparison.Ordinal);
                continue;
            }

            Add(skipped ? Mentioned : Tested, traits, file);
            traits.Clear();
            skipped = false;
            if (SpecComment().Match(line) is { Success: true } comment)
            {
                Add(Implemented, Statement.IdsIn(comment.Value), file);
            }
        }
    }

    /// <summary>Reads docs/PORTING.md: the first cell of a row holds the ids, the second the reason.</summary>
    public void ReadPorting(string file, IEnumerable<string> lines)
    {
        string heading = "";
        foreach (string line in lines)
        {
            if (line.StartsWith('#'))
            {
                heading = line.TrimStart('#', ' ');
            }

            Add(Mentioned, Statement.IdsIn(line), file);
            if (line.Split('|') is ["", var first, var reason, ..] && Table(heading) is { } table && Statement.IdsIn(first).Any())
            {
                Add(table, Statement.IdsIn(first), file);
                if (string.IsNullOrWhiteSpace(reason))
                {
                    WithoutReason.Add(first.Trim());
                }
            }
        }
    }

    private Dictionary<string, string>? Table(string heading) => heading switch
    {
        "Left out on purpose" => LeftOut,
        "Implemented, not tested" => Implemented,
        _ => null,
    };

    private static void Add(Dictionary<string, string> claims, IEnumerable<string> ids, string file)
    {
        foreach (string id in ids)
        {
            claims.TryAdd(id, file);
        }
    }

    [GeneratedRegex("""Trait\("Spec", *"(?<id>[^"]*)"\)""")]
    private static partial Regex Trait();

    [GeneratedRegex("// Spec: .*")]
    private static partial Regex SpecComment();
}
