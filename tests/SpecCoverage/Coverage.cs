// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace SpecCoverage;

/// <summary>Compares the specification with what the repository says about it.</summary>
/// <param name="statements">The specification.</param>
/// <param name="claims">The repository.</param>
/// <param name="finished">Sections (<c>axon 9</c>) and single ids of which nothing may be missing.</param>
internal sealed class Coverage(IReadOnlyList<Statement> statements, Claims claims, IReadOnlyList<string> finished)
{
    /// <summary>What is wrong, a line each.</summary>
    public IEnumerable<string> Problems()
    {
        HashSet<string> known = [.. statements.Select(statement => statement.Id)];
        var claimed = claims.Tested.Concat(claims.Implemented).Concat(claims.Mentioned).DistinctBy(claim => claim.Key);
        foreach (var (id, file) in claimed.Where(claim => !known.Contains(claim.Key)))
        {
            yield return $"{id} in {file} is no id of the specification";
        }

        foreach (string id in claims.Tested.Keys.Intersect(claims.LeftOut.Keys))
        {
            yield return $"{id} is tested in {claims.Tested[id]}, and {claims.LeftOut[id]} says that it is left out";
        }

        foreach (string ids in claims.WithoutReason)
        {
            yield return $"{ids} stands in a table of docs/PORTING.md without a reason";
        }

        foreach (Statement missing in statements.Where(statement => IsMissing(statement.Id) && IsFinished(statement)))
        {
            yield return $"{missing.Id} is missing, and {missing.SectionNumber} is declared finished";
        }

        foreach (string entry in finished.Except(known).Except(statements.Select(statement => statement.SectionNumber)))
        {
            yield return $"{entry} is declared finished and is neither a section nor an id";
        }
    }

    /// <summary>The report: for each document and section how many and which ids stand where.</summary>
    public IEnumerable<string> Report()
    {
        foreach (IGrouping<string, Statement> document in statements.GroupBy(statement => statement.Document))
        {
            yield return $"{document.Key}: {Counts([.. document])}";
            foreach (IGrouping<string, Statement> section in document.GroupBy(statement => statement.Section))
            {
                string mark = section.All(IsFinished) ? " (finished)" : "";
                yield return $"  {section.Key}{mark}: {Counts([.. section])}";
                foreach (var state in section.GroupBy(statement => StateOf(statement.Id)))
                {
                    yield return $"    {state.Key}: {Shorten(state.Select(statement => statement.Id))}";
                }
            }
        }
    }

    private bool IsFinished(Statement statement) => finished.Contains(statement.SectionNumber) || finished.Contains(statement.Id);

    private bool IsMissing(string id) => StateOf(id) == "missing";

    private string StateOf(string id) =>
        claims.Tested.ContainsKey(id) ? "tested"
        : claims.LeftOut.ContainsKey(id) ? "left out on purpose"
        : claims.Implemented.ContainsKey(id) ? "implemented without test"
        : "missing";

    private string Counts(IReadOnlyCollection<Statement> some) =>
        $"{some.Count} statements, " +
        string.Join(", ", some.CountBy(statement => StateOf(statement.Id)).Select(count => $"{count.Value} {count.Key}"));

    // AX-CAT-01, AX-CAT-02, AX-ID-01 becomes AX-CAT 01 02, AX-ID 01.
    private static string Shorten(IEnumerable<string> ids) => string.Join(", ", ids
        .GroupBy(id => id[..id.LastIndexOf('-')], id => id[(id.LastIndexOf('-') + 1)..])
        .Select(group => $"{group.Key} {string.Join(' ', group)}"));
}
