// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;
using System.Text;

namespace Benchmarks.Common;

/// <summary>What a run of benchmarks has to say: a page of Markdown, with charts beside it.</summary>
/// <param name="title">Its heading.</param>
/// <param name="command">The command that makes it again.</param>
/// <remarks>Linked into the benchmark projects: <c>&lt;Compile Include="../Common/*.cs" /&gt;</c>.</remarks>
internal sealed class Report(string title, string command)
{
    private readonly StringBuilder _body = new();
    private readonly List<(string Suffix, IChart Chart)> _charts = [];
    private readonly DateTimeOffset _began = DateTimeOffset.UtcNow;

    /// <summary>Adds a heading.</summary>
    public void Heading(string text) => _body.Append(CultureInfo.InvariantCulture, $"\n## {text}\n");

    /// <summary>Adds a paragraph.</summary>
    public void Paragraph(string markdown) => _body.Append(CultureInfo.InvariantCulture, $"\n{markdown}\n");

    /// <summary>Adds a table; the first column holds names, the others figures.</summary>
    public void Table(IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows)
    {
        _body.Append('\n');
        Row(heads);
        Row([.. heads.Select((_, column) => column == 0 ? "---" : "---:")]);
        foreach (IReadOnlyList<string> row in rows)
        {
            Row(row);
        }
    }

    /// <summary>Adds a chart, shown where it is added.</summary>
    /// <param name="suffix">What its file's name has beyond the page's; may be empty for one of them.</param>
    /// <param name="chart">The chart.</param>
    public void Chart(string suffix, IChart chart)
    {
        _body.Append(CultureInfo.InvariantCulture, $"\n![{chart.Title}]({Placeholder}{suffix}.svg)\n");
        _charts.Add((suffix, chart));
    }

    /// <summary>Writes <c>NAME.md</c>, and <c>NAME.svg</c> for each chart.</summary>
    /// <returns>The page's path.</returns>
    public string Write(string folder, string name)
    {
        Directory.CreateDirectory(folder);
        foreach ((string suffix, IChart chart) in _charts)
        {
            File.WriteAllText(Path.Combine(folder, name + suffix + ".svg"), chart.ToSvg(Environs.OneLine(_began, command)));
        }

        string page = Path.Combine(folder, name + ".md");
        File.WriteAllText(page, Page(name));
        return page;
    }

    /// <summary>The page; its charts are nowhere.</summary>
    public override string ToString() => Page("chart");

    private string Page(string name) =>
        $"# {title}\n\n{Environs.Markdown(_began, command)}{_body.ToString().Replace(Placeholder, name, StringComparison.Ordinal)}";

    private const string Placeholder = "\0";

    private void Row(IReadOnlyList<string> cells) => _body.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", cells)} |\n");
}
