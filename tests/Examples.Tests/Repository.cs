// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Examples.Tests;

/// <summary>Where the tests find the sources: above the folder they were built to.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>The examples that own an expected output, by the names of their folders.</summary>
    public static IEnumerable<string> Examples =>
        from output in Directory.EnumerateFiles(Path.Combine(Root, "examples"), "expected.out", SearchOption.AllDirectories)
        let folder = Path.GetFileName(Path.GetDirectoryName(output)!)
        orderby folder
        select folder;

    /// <summary>The pages that may show code of an example.</summary>
    public static IEnumerable<string> Pages =>
        from page in Directory.EnumerateFiles(Path.Combine(Root, "examples"), "README.md", SearchOption.AllDirectories).Append(Path.Combine(Root, "README.md"))
        let relative = Path.GetRelativePath(Root, page).Replace('\\', '/')
        orderby relative
        select relative;

    /// <summary>A text file of the repository, with one kind of line end.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    private static string FindRoot(string start)
    {
        for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Axon.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"There is no Axon.sln in {start} or above.");
    }
}
