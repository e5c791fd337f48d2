// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Axon;

/// <summary>The forms in which a snapshot can be read.</summary>
internal static partial class SnapshotWriter
{
    public static string ToText(SystemSnapshot snapshot)
    {
        ILookup<BoxSnapshot, BoxSnapshot> onward = snapshot.Linkages.ToLookup(linkage => linkage.From, linkage => linkage.To);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{snapshot.Scheduler} at {snapshot.Time}: ")
            .Append(CultureInfo.InvariantCulture, $"{Count(snapshot.Components.Count, "component")}, {Count(snapshot.Linkages.Count, "linkage")}, ")
            .AppendLine($"{Count(snapshot.Components.SelectMany(component => component.Inboxes).Sum(box => box.Count), "message")} waiting");
        foreach (ComponentSnapshot component in snapshot.Components)
        {
            text.AppendLine($"{component.Name}: {Describe(component.State)}");
            foreach (BoxSnapshot box in component.Boxes)
            {
                text.Append(box.IsInbox ? "  inbox " : "  outbox ").Append('"').Append(box.Name).Append('"');
                text.Append(box.IsInbox ? $": {Fill(box)}" : "");
                foreach (BoxSnapshot next in onward[box])
                {
                    text.Append(" -> ").Append(next);
                }

                text.AppendLine();
            }
        }

        return Lines(text);
    }

    public static string ToMermaid(SystemSnapshot snapshot)
    {
        HashSet<BoxSnapshot> linked = Linked(snapshot);
        StringBuilder text = new("flowchart LR\n");
        foreach (ComponentSnapshot component in snapshot.Components)
        {
            BoxSnapshot[] shown = Shown(component, linked);
            if (shown.Length == 0)
            {
                text.AppendLine($"  c{component.Id}[\"{Mermaid(component.Name)}\"]");
                continue;
            }

            text.AppendLine($"  subgraph c{component.Id}[\"{Mermaid(component.Name)}\"]");
            foreach (BoxSnapshot box in shown)
            {
                text.AppendLine($"    {NodeOf(component, box)}[\"{Mermaid(Label(box))}\"]");
            }

            text.AppendLine("  end");
        }

        Dictionary<string, string> nodes = Nodes(snapshot);
        foreach (LinkageSnapshot linkage in snapshot.Linkages)
        {
            text.AppendLine($"  {nodes[linkage.From.Id]} --> {nodes[linkage.To.Id]}");
        }

        return Lines(text);
    }

    public static string ToDot(SystemSnapshot snapshot)
    {
        HashSet<BoxSnapshot> linked = Linked(snapshot);
        StringBuilder text = new($"digraph \"{Dot(snapshot.Scheduler)}\" {{\n  rankdir=LR;\n  node [shape=record];\n");
        foreach (ComponentSnapshot component in snapshot.Components)
        {
            ILookup<bool, string> shown = Shown(component, linked).ToLookup(box => box.IsInbox, box => $"<{NodeOf(component, box)}> {Dot(Label(box))}");
            string style = component.State == ComponentState.Asleep ? ", style=dashed" : "";
            text.AppendLine(
                $"  c{component.Id} [label=\"{{{{{string.Join('|', shown[true])}}}|{Dot(component.Name)}|{{{string.Join('|', shown[false])}}}}}\"{style}];");
        }

        Dictionary<string, string> nodes = snapshot.Components
            .SelectMany(component => component.Boxes, (component, box) => (box.Id, Node: $"c{component.Id}:{NodeOf(component, box)}"))
            .ToDictionary(pair => pair.Id, pair => pair.Node);
        foreach (LinkageSnapshot linkage in snapshot.Linkages)
        {
            text.AppendLine($"  {nodes[linkage.From.Id]} -> {nodes[linkage.To.Id]};");
        }

        return Lines(text.AppendLine("}"));
    }

    /// <summary>How full a box is: <c>3 of 10</c>, or <c>3</c> in one without a limit.</summary>
    public static string Fill(BoxSnapshot box) =>
        string.Create(CultureInfo.InvariantCulture, $"{box.Count}{(box.Size is { } size ? $" of {size}" : "")}");

    /// <summary><c>1 message</c>, <c>2 messages</c>.</summary>
    public static string Count(int count, string noun, string? plural = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? noun : plural ?? noun + "s")}");

    private static string Describe(ComponentState state) => state switch
    {
        ComponentState.NotActive => "not active",
        ComponentState.Elsewhere => "on another scheduler",
        _ => state.ToString().ToLowerInvariant(),
    };

    private static string Label(BoxSnapshot box) => box.Count > 0 || box.Size is not null ? $"{box.Name}: {Fill(box)}" : box.Name;

    private static HashSet<BoxSnapshot> Linked(SystemSnapshot snapshot) =>
        [.. snapshot.Linkages.Select(linkage => linkage.From), .. snapshot.Linkages.Select(linkage => linkage.To)];

    private static BoxSnapshot[] Shown(ComponentSnapshot component, HashSet<BoxSnapshot> linked) =>
        [.. component.Boxes.Where(box => box.Count > 0 || linked.Contains(box))];

    private static Dictionary<string, string> Nodes(SystemSnapshot snapshot) => snapshot.Components
        .SelectMany(component => component.Boxes, (component, box) => (box.Id, Node: NodeOf(component, box)))
        .ToDictionary(pair => pair.Id, pair => pair.Node);

    // Box names may hold anything, names of nodes may not.
    private static string NodeOf(ComponentSnapshot component, BoxSnapshot box) =>
        box.IsInbox ? $"c{component.Id}i{IndexOf(component.Inboxes, box)}" : $"c{component.Id}o{IndexOf(component.Outboxes, box)}";

    private static int IndexOf(IReadOnlyList<BoxSnapshot> boxes, BoxSnapshot box) => boxes.TakeWhile(other => other.Id != box.Id).Count();

    private static string Mermaid(string text) => text.Replace("#", "#35;", StringComparison.Ordinal).Replace("\"", "#quot;", StringComparison.Ordinal);

    private static string Dot(string text) => SpecialInDot().Replace(text, "\\$0");

    private static string Lines(StringBuilder text) => text.Replace("\r\n", "\n").ToString();

    [GeneratedRegex("""[\\"{}|<> ]""")]
    private static partial Regex SpecialInDot();
}
