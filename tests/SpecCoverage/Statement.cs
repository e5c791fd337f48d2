// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Text.RegularExpressions;

namespace SpecCoverage;

/// <summary>One numbered statement of the specification.</summary>
/// <param name="Id">Its id, such as <c>AX-CAT-05</c>.</param>
/// <param name="Kind">MUST, MAY (it leaves something open), K (as the original) or R (required, not as the original).</param>
/// <param name="Document">The document, such as <c>axon</c>.</param>
/// <param name="Section">Number and name of the section.</param>
internal sealed partial record Statement(string Id, string Kind, string Document, string Section)
{
    public static readonly string[] Documents = ["axon", "internet", "chassis"];

    /// <summary>The number by which docs/spec-finished.txt names the section.</summary>
    public string SectionNumber => $"{Document} {Section.Split(' ')[0]}";

    /// <summary>Reads the statements of a document: list items that begin with an id, under numbered headings.</summary>
    public static IEnumerable<Statement> ReadDocument(string document, IEnumerable<string> lines)
    {
        string section = "";
        foreach (string line in lines)
        {
            if (Heading().Match(line) is { Success: true } heading)
            {
                section = $"{heading.Groups["number"]} {heading.Groups["name"]}";
            }
            else if (Item().Match(line) is { Success: true } item)
            {
                string kind = item.Groups["kind"].Success ? item.Groups["kind"].Value
                    : line.Contains("MAY", StringComparison.Ordinal) ? "MAY" : "MUST";
                yield return new Statement(item.Groups["id"].Value, kind, document, section);
            }
        }
    }

    /// <summary>Reads a line of docs/spec-ids.txt, as <see cref="ToString"/> writes it.</summary>
    public static Statement ReadLine(string line) => line.Split(' ', 4) is [var id, var kind, var document, var section]
        ? new Statement(id, kind, document, section)
        : throw new FormatException($"Not \"id kind document section\": {line}");

    /// <summary>All ids named in a text.</summary>
    public static IEnumerable<string> IdsIn(string text) => AnyId().Matches(text).Select(match => match.Value);

    public override string ToString() => $"{Id} {Kind} {Document} {Section}";

    // "## 9. Name (`File.py`)" in one document, "## 2 Name (CH-NAME)" in the others.
    [GeneratedRegex(@"^## (?<number>\d+)\.? (?<name>.*?)( \(.*)?$")]
    private static partial Regex Heading();

    // "* AX-CAT-05 Text" in one document, "- **CH-PIPE-05 K** Text" in the others.
    [GeneratedRegex(@"^[*-] (\*\*)?(?<id>(AX|INT|CH)-[A-Z]+-\d+)( (?<kind>[KR])\b)?")]
    private static partial Regex Item();

    [GeneratedRegex(@"\b(AX|INT|CH)-[A-Z]+-\d+\b")]
    private static partial Regex AnyId();
}
