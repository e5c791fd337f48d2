// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Reflection;
using System.Xml.Linq;
using Axon;

namespace Kamaelia.Chassis.Tests;

/// <summary>The table of shutdown rules is printed in the documentation of each chassis: its own row.</summary>
public class ShutdownRulesTests
{
    private static readonly Assembly s_library = typeof(Pipeline).Assembly;

    private static readonly XDocument s_documentation =
        XDocument.Load(Path.Combine(AppContext.BaseDirectory, $"{s_library.GetName().Name}.xml"));

    // A generic one is the plain one with another constructor.
    public static TheoryData<string> Chassis =>
    [
        .. s_library.GetExportedTypes()
            .Where(type => type.IsSubclassOf(typeof(Component)) && !type.IsGenericType)
            .Select(type => $"T:{type.FullName}"),
        .. typeof(Prefab).GetMethods(BindingFlags.Public | BindingFlags.Static).Select(NameOf),
    ];

    [Theory]
    [MemberData(nameof(Chassis))]
    public void Documentation_OfEachChassis_SaysWhatItDoesWithBothMessagesAndWhatItSays(string member)
    {
        XElement? documented = s_documentation.Descendants("member").SingleOrDefault(element => element.Attribute("name")!.Value == member);
        Assert.NotNull(documented);

        string text = documented.ToString();
        int begin = text.IndexOf("<em>Shutdown</em>", StringComparison.Ordinal);
        Assert.True(begin >= 0, $"{member} has no paragraph on its shutdown.");
        string rules = text[begin..];
        Assert.Contains(nameof(ProducerFinished), rules, StringComparison.Ordinal);
        Assert.Contains(nameof(ShutdownMicroprocess), rules, StringComparison.Ordinal);
        Assert.Contains("\"signal\"", rules, StringComparison.Ordinal);
        Assert.Matches(@"\bends?\b|\bend\b|\bended\b", rules);
    }

    private static string NameOf(MethodInfo method) =>
        $"M:{typeof(Prefab).FullName}.{method.Name}({string.Join(',', method.GetParameters().Select(parameter => parameter.ParameterType.FullName))})";
}
