// Licensed under the Apache License, Version 2.0. See LICENSE.

using SpecCoverage;

// dotnet run --project tests/SpecCoverage                            compare, exit code 1 if something is wrong
// dotnet run --project tests/SpecCoverage -- --update ../shared/spec  write docs/spec-ids.txt anew from the specification
string root = FindRoot();
string idsFile = Path.Combine(root, "docs", "spec-ids.txt");

if (args is ["--update", var folder])
{
    Statement[] read = [.. ReadSpecification(folder)];
    File.WriteAllLines(idsFile, [
        "# Every id of the specification: id, kind, document, section. MAY: the statement leaves something open.",
        "# Written by: dotnet run --project tests/SpecCoverage -- --update ../shared/spec",
        .. read.Select(statement => statement.ToString())]);
    Console.WriteLine($"{read.Length} ids written to {idsFile}");
    return 0;
}

Statement[] statements = [.. ReadList(idsFile).Select(Statement.ReadLine)];
Claims claims = new();
foreach (string file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
{
    string name = Path.GetRelativePath(root, file);
    if (!name.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
    {
        claims.ReadSource(name, File.ReadLines(file));
    }
}

claims.ReadPorting("docs/PORTING.md", File.ReadLines(Path.Combine(root, "docs", "PORTING.md")));
Coverage coverage = new(statements, claims, [.. ReadList(Path.Combine(root, "docs", "spec-finished.txt"))]);
foreach (string line in coverage.Report())
{
    Console.WriteLine(line);
}

string[] problems = [.. coverage.Problems(), .. Differences(statements)];
Console.WriteLine(problems.Length == 0 ? "No problems." : $"{problems.Length} problems:");
foreach (string problem in problems)
{
    Console.WriteLine($"  {problem}");
}

return problems.Length == 0 ? 0 : 1;

static string FindRoot()
{
    for (DirectoryInfo? folder = new(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "Axon.sln")))
        {
            return folder.FullName;
        }
    }

    throw new DirectoryNotFoundException("Run this inside the repository: no Axon.sln in this folder or above.");
}

static IEnumerable<string> ReadList(string file) =>
    File.ReadLines(file).Where(line => line.Length > 0 && !line.StartsWith('#'));

static IEnumerable<Statement> ReadSpecification(string folder) =>
    Statement.Documents.SelectMany(document => Statement.ReadDocument(document, File.ReadLines(Path.Combine(folder, $"{document}.md"))));

// The specification lives beside the repository for those who work on it; for everybody else the list stands for it.
IEnumerable<string> Differences(IEnumerable<Statement> listed)
{
    string folder = Path.Combine(root, "..", "shared", "spec");
    if (!Directory.Exists(folder))
    {
        return [];
    }

    string[] there = [.. ReadSpecification(folder).Select(statement => statement.Id)];
    string[] here = [.. listed.Select(statement => statement.Id)];
    return [
        .. there.Except(here).Select(id => $"{id} is new in the specification: run with --update ../shared/spec"),
        .. here.Except(there).Select(id => $"{id} has gone from the specification: run with --update ../shared/spec")];
}
