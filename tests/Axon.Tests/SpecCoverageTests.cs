// Licensed under the Apache License, Version 2.0. See LICENSE.

using SpecCoverage;

namespace Axon.Tests;

public class SpecCoverageTests
{
    private readonly Statement[] _statements =
    [
        new("AX-CAT-01", "MUST", "axon", "9 Tracker"),
        new("AX-CAT-02", "MUST", "axon", "9 Tracker"),
        new("AX-CAT-03", "MAY", "axon", "9 Tracker"),
        new("CH-PIPE-01", "K", "chassis", "1 Pipeline"),
    ];

    private readonly Claims _claims = new();

    [Fact]
    public void ReadDocument_BothStyles_GivesIdKindAndSection()
    {
        string[] lines =
        [
            "## 9. Tracker (`Axon/Tracker.py`)",
            "* AX-CAT-01 A tracker. [T test]",
            "### Statements",
            "* AX-CAT-02 The port MAY do it.",
            "Some prose about AX-CAT-09.",
            "## 1 Pipeline (CH-PIPE)",
            "- **CH-PIPE-01 K** For neighbours",
            "- **CH-PIPE-02 R Title.** More",
        ];

        Assert.Equal(
            [
                new("AX-CAT-01", "MUST", "axon", "9 Tracker"),
                new("AX-CAT-02", "MAY", "axon", "9 Tracker"),
                new("CH-PIPE-01", "K", "axon", "1 Pipeline"),
                new("CH-PIPE-02", "R", "axon", "1 Pipeline"),
            ],
            Statement.ReadDocument("axon", lines));
    }

    [Fact]
    public void ReadLine_WrittenByToString_IsTheSame()
    {
        Assert.All(_statements, statement => Assert.Equal(statement, Statement.ReadLine(statement.ToString())));
        Assert.Throws<FormatException>(() => Statement.ReadLine("AX-CAT-01 MUST"));
    }

    [Fact]
    public void ReadSource_Traits_AreTestedUnlessTheTestIsSkipped()
    {
        _claims.ReadSource("a.cs", [
            "    [Fact]",
            Trait("AX-CAT-01"),
            "    public void One()",
            "    [Fact(Skip = \"later\")]",
            Trait("AX-CAT-02"),
            "    public void Two()",
            "    // " + Trait("AX-CAT-03").Trim(),
            "    // Spec" + ": AX-CAT-03, CH-PIPE-01",
        ]);

        Assert.Equal(["AX-CAT-01"], _claims.Tested.Keys);
        Assert.Equal(["AX-CAT-03", "CH-PIPE-01"], _claims.Implemented.Keys);
    }

    [Fact]
    public void Problems_AllAccountedFor_AreNone()
    {
        _claims.ReadSource("a.cs", ["[Fact]", Trait("AX-CAT-01"), "public void One()"]);
        _claims.ReadPorting("PORTING.md", [
            "## Left out on purpose",
            "| Id | Reason |",
            "|---|---|",
            "| AX-CAT-02 | nobody needs it |",
            "## Implemented, not tested",
            "| AX-CAT-03 | cannot be seen from outside |",
        ]);

        Assert.Empty(new Coverage(_statements, _claims, ["axon 9"]).Problems());
    }

    [Fact]
    public void Problems_EachKind_IsReported()
    {
        _claims.ReadSource("a.cs", ["[Fact]", Trait("AX-CAT-99"), Trait("AX-CAT-01"), "public void One()"]);
        _claims.ReadPorting("PORTING.md", [
            "AX-CAT-98 is talked about.",
            "## Left out on purpose",
            "| AX-CAT-01 | tested all the same |",
            "| AX-CAT-02 | |",
        ]);

        Assert.Equal(
            [
                "AX-CAT-99 in a.cs is no id of the specification",
                "AX-CAT-98 in PORTING.md is no id of the specification",
                "AX-CAT-01 is tested in a.cs, and PORTING.md says that it is left out",
                "AX-CAT-02 stands in a table of docs/PORTING.md without a reason",
                "AX-CAT-03 is missing, and axon 9 is declared finished",
                "CH-PIPE-01 is missing, and chassis 1 is declared finished",
                "axon 77 is declared finished and is neither a section nor an id",
            ],
            new Coverage(_statements, _claims, ["axon 9", "CH-PIPE-01", "axon 77"]).Problems());
    }

    [Fact]
    public void Report_SomeOfEach_CountsAndListsThem()
    {
        _claims.ReadSource("a.cs", ["[Fact]", Trait("AX-CAT-01"), Trait("AX-CAT-03"), "public void One()", "// Spec" + ": CH-PIPE-01"]);

        Assert.Equal(
            [
                "axon: 3 statements, 2 tested, 1 missing",
                "  9 Tracker (finished): 3 statements, 2 tested, 1 missing",
                "    tested: AX-CAT 01 03",
                "    missing: AX-CAT 02",
                "chassis: 1 statements, 1 implemented without test",
                "  1 Pipeline: 1 statements, 1 implemented without test",
                "    implemented without test: CH-PIPE 01",
            ],
            new Coverage(_statements, _claims, ["axon 9"]).Report());
    }

    // Put together, so that the tool does not take the ids in this file for claims of this repository.
    private static string Trait(string id) => "[" + "Trait" + $"(\"Spec\", \"{id}\")]";
}
