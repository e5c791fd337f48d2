// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Text.RegularExpressions;

namespace Examples.Tests;

/// <summary>
/// A code block below <c>&lt;!-- from examples/Some/Program.cs --&gt;</c> is a copy of what stands between <c>// README: begin</c> and
/// <c>// README: end</c> in that file; of the whole file if it has no such lines.
/// </summary>
public partial class ReadmeTests
{
    public static TheoryData<string> Pages => [.. Repository.Pages];

    [Theory]
    [MemberData(nameof(Pages))]
    public void CodeBlock_BelowMarker_EqualsRegionOfFile(string page)
    {
        foreach ((string file, string code) in FindBlocks(page))
        {
            Assert.Equal(FindRegion(file), code);
        }
    }

    [Fact]
    public void MainPage_ShowsHelloPipeline()
    {
        Assert.Contains(FindBlocks("README.md"), block => block.File == "examples/HelloPipeline/Program.cs");
    }

    [Theory]
    [InlineData("docs/Observing.md")]
    [InlineData("examples/WhyStuck/README.md")]
    public void Page_ShowsTheReportThatWhyStuckPrints(string page)
    {
        Assert.Contains($"```text\n{Repository.Read("examples/WhyStuck/expected.out")}```\n", Repository.Read(page), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryMarker_HasCodeBlockBelow()
    {
        foreach (string page in Repository.Pages)
        {
            Assert.Equal(Marker().Count(Repository.Read(page)), FindBlocks(page).Count);
        }
    }

    private static List<(string File, string Code)> FindBlocks(string page) =>
        [.. Block().Matches(Repository.Read(page)).Select(match => (match.Groups["file"].Value, match.Groups["code"].Value))];

    private static string FindRegion(string file)
    {
        string text = Repository.Read(file);
        Match region = Region().Match(text);
        return region.Success ? region.Groups["code"].Value : text;
    }

    [GeneratedRegex(@"<!-- from ")]
    private static partial Regex Marker();

    [GeneratedRegex(@"<!-- from (?<file>\S+) -->\n+```\w*\n(?<code>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^// README: begin\n(?<code>.*?)^// README: end$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Region();
}
