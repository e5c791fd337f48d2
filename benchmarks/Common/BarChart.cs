// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;
using System.Net;
using System.Text;

namespace Benchmarks.Common;

/// <summary>A chart of lying bars in groups, as SVG. Each group has a scale of its own, so groups may differ in unit.</summary>
/// <param name="title">What it shows, and whether long bars are good.</param>
/// <param name="series">Whom the bars stand for, in one order everywhere; the first two have the strongest colours.</param>
internal sealed class BarChart(string title, IReadOnlyList<string> series) : IChart
{
    private const int Width = 860;
    private const int Left = 190;
    private const int LongestBar = 470;
    private const int BarHeight = 15;
    private const int GroupGap = 14;
    private const int HeadHeight = 62;

    private static readonly string[] s_colours = ["#1f77b4", "#d95f02", "#7a8b99", "#a5b1bb", "#66a61e", "#b39ddb", "#c9b458", "#8c6d5a"];

    private readonly List<(string Name, IReadOnlyList<Bar?> Bars)> _groups = [];

    public string Title => title;

    /// <summary>Whether anything was added.</summary>
    public bool IsEmpty => _groups.Count == 0;

    /// <summary>Adds a group: one bar for each of the series, null for one that takes no part.</summary>
    public void Add(string name, IReadOnlyList<Bar?> bars) => _groups.Add((name, bars));

    public string ToSvg(string foot)
    {
        int height = HeadHeight + _groups.Sum(group => (group.Bars.Count(bar => bar is not null) * BarHeight) + GroupGap) + 24;
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}" font-family="sans-serif" font-size="11">
            <rect width="{Width}" height="{height}" fill="#ffffff"/>
            <text x="12" y="22" font-size="15" font-weight="bold">{Escape(title)}</text>

            """);
        Legend(svg);
        int y = HeadHeight;
        foreach ((string name, IReadOnlyList<Bar?> bars) in _groups)
        {
            y = Group(svg, y, name, bars) + GroupGap;
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"12\" y=\"{height - 8}\" font-size=\"9\" fill=\"#666666\">{Escape(foot)}</text>\n</svg>\n");
        return svg.ToString();
    }

    private static int Group(StringBuilder svg, int y, string name, IReadOnlyList<Bar?> bars)
    {
        double longest = bars.Max(bar => bar?.Length ?? 0);
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{y + 11}\" text-anchor=\"end\">{Escape(name)}</text>\n");
        for (int i = 0; i < bars.Count; i++)
        {
            if (bars[i] is not { } bar)
            {
                continue;
            }

            double width = longest > 0 ? Math.Max(1, LongestBar * bar.Length / longest) : 1;
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Left}\" y=\"{y}\" width=\"{width:F1}\" height=\"{BarHeight - 2}\" fill=\"{Colour(i)}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + width + 5:F1}\" y=\"{y + 10}\">{Escape(bar.Label)}</text>\n");
            y += BarHeight;
        }

        return y;
    }

    private void Legend(StringBuilder svg)
    {
        double x = 12;
        for (int i = 0; i < series.Count; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x:F0}\" y=\"35\" width=\"11\" height=\"11\" fill=\"{Colour(i)}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + 15:F0}\" y=\"45\">{Escape(series[i])}</text>\n");
            x += 30 + (6.4 * series[i].Length);
        }
    }

    private static string Colour(int index) => s_colours[index % s_colours.Length];

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}

/// <summary>A bar.</summary>
/// <param name="Length">In any unit; the longest of its group fills the width.</param>
/// <param name="Label">What is written behind it: the figure and its unit.</param>
internal sealed record Bar(double Length, string Label);
