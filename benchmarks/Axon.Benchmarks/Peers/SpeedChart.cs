// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;
using System.Security;
using System.Text;
using Benchmarks.Common;

namespace Axon.Benchmarks.Peers;

/// <summary>Draws a bar for the best setting of each library in each contest: its speed, as a multiple of the fastest peer's.</summary>
/// <remarks>The axis is logarithmic, and the fastest peer is at 1: bars to the right of it are faster, bars to the left slower.</remarks>
internal sealed class SpeedChart(Results results) : IChart
{
    private const int Left = 180;
    private const int Plot = 560;
    private const int Width = Left + Plot + 130;
    private const int Top = 104;
    private const int BarHeight = 13;
    private const int HeadHeight = 14;
    private const int GroupGap = 12;
    private const double Least = 0.05;
    private const double Most = 20;

    private static readonly double[] s_ticks = [0.05, 0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20];

    private static readonly Dictionary<string, string> s_colours = new()
    {
        ["Axon"] = "#c0392b",
        ["Bare loop"] = "#9aa0a6",
        ["Akka"] = "#2c7fb8",
        ["Proto.Actor"] = "#41ab5d",
        ["Channels"] = "#e6a117",
        ["Task"] = "#e6a117",
        ["Dataflow"] = "#8856a7",
        ["Rx"] = "#7f5539",
    };

    public string Title => "Speed in one process, as a multiple of the fastest peer's";

    public string ToSvg(string foot)
    {
        StringBuilder bars = new();
        int y = Top;
        foreach (ContestResult contest in results.Contests)
        {
            Entry[] shown = [.. contest.BestSettings()];
            Text(bars, 12, y + 9, $"{contest.Contest.Name}, ns a {contest.Contest.Unit}", "start", 12, "#222", bold: true);
            y += HeadHeight;
            foreach (Entry entry in shown)
            {
                DrawBar(bars, y, entry, contest.Peer.Time.Median / entry.Time.Median);
                y += BarHeight;
            }

            y += GroupGap;
        }

        int height = y + 30;
        StringBuilder svg = new();
        svg.AppendLine(Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" width=\"{Width}\" height=\"{height}\" font-family=\"sans-serif\">"));
        svg.AppendLine(Line($"<rect width=\"{Width}\" height=\"{height}\" fill=\"white\"/>"));
        Text(svg, 12, 26, Title, "start", 18, "#222", bold: true);
        Text(svg, 12, 44, $"The best setting of each library; medians of {results.Rounds} turns each in one run. Longer to the right is faster.", "start", 12, "#555");
        Text(svg, 12, 60, "The number behind a bar is nanoseconds an operation.", "start", 12, "#555");
        DrawAxis(svg, y - GroupGap + 6);
        svg.Append(bars);
        Text(svg, 12, height - 10, foot, "start", 10, "#777");
        svg.AppendLine("</svg>");
        return svg.ToString().ReplaceLineEndings("\n");
    }

    private static void DrawAxis(StringBuilder svg, int bottom)
    {
        foreach (double tick in s_ticks)
        {
            double x = X(tick);
            string colour = tick == 1 ? "#444" : "#ddd";
            svg.AppendLine(Line($"<line x1=\"{x:F1}\" y1=\"{Top - 10}\" x2=\"{x:F1}\" y2=\"{bottom}\" stroke=\"{colour}\"/>"));
            Text(svg, x, Top - 16, Line($"{tick}x"), "middle", 11, "#555");
        }
    }

    private static void DrawBar(StringBuilder svg, int y, Entry entry, double speed)
    {
        double one = X(1);
        double end = X(Math.Clamp(speed, Least, Most));
        string colour = s_colours.GetValueOrDefault(entry.Contestant.Library, "#555");

        // A bar of the fastest peer has no length; it gets a mark.
        double from = Math.Min(one, end) - 1;
        double length = Math.Abs(end - one) + 2;
        svg.AppendLine(Line($"<rect x=\"{from:F1}\" y=\"{y + 1}\" width=\"{length:F1}\" height=\"{BarHeight - 2}\" fill=\"{colour}\"/>"));
        Text(svg, Left - 6, y + BarHeight - 3, entry.Contestant.Name, "end", 10, colour, entry.Contestant.Role == Role.Axon);
        bool isFaster = speed >= 1;
        Text(svg, isFaster ? end + 5 : end - 5, y + BarHeight - 3, Line($"{entry.Time.Median:F1}"), isFaster ? "start" : "end", 10, "#444");
    }

    private static double X(double speed) => Left + 40 + ((Math.Log(speed) - Math.Log(Least)) / (Math.Log(Most) - Math.Log(Least)) * Plot);

    private static void Text(StringBuilder svg, double x, double y, string text, string anchor, int size, string colour, bool bold = false) => svg.AppendLine(Line(
        $"<text x=\"{x:F1}\" y=\"{y:F1}\" font-size=\"{size}\" text-anchor=\"{anchor}\" fill=\"{colour}\"{(bold ? " font-weight=\"bold\"" : "")}>{SecurityElement.Escape(text)}</text>"));

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
