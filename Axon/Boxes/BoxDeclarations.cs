// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Collections.Concurrent;

namespace Axon;

/// <summary>One declared box.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What travels on it, or an empty string.</param>
public readonly record struct BoxDeclaration(string Name, string Description);

/// <summary>The boxes that a component class declares, read from its attributes once and shared by all its components.</summary>
/// <remarks>
/// A component keeps its boxes in two arrays, in the order declared. Immutable; a component whose
/// declared boxes change (one was deleted) gets a copy of its own.
/// </remarks>
internal sealed class BoxDeclarations
{
    private static readonly ConcurrentDictionary<Type, BoxDeclarations> s_ofType = new();

    [ThreadStatic]
    private static BoxDeclarations? t_last;

    private readonly Type _type;

    private BoxDeclarations(Type type, BoxDeclaration[] inboxes, BoxDeclaration[] outboxes)
    {
        _type = type;
        Inboxes = inboxes;
        Outboxes = outboxes;
        InboxNames = Array.ConvertAll(inboxes, box => string.Intern(box.Name));
        OutboxNames = Array.ConvertAll(outboxes, box => string.Intern(box.Name));
    }

    public BoxDeclaration[] Inboxes { get; }

    public BoxDeclaration[] Outboxes { get; }

    public string[] InboxNames { get; }

    public string[] OutboxNames { get; }

    public int Count => Inboxes.Length + Outboxes.Length;

    // Whoever makes a component is likely to make another of its class. Benchmark: SchedulerBenchmarks.SpawnAndEnd.
    public static BoxDeclarations Of(Type componentType)
    {
        if (t_last is not { } last || last._type != componentType)
        {
            t_last = last = s_ofType.GetOrAdd(componentType, Read);
        }

        return last;
    }

    /// <summary>The place of a name among the names, or -1.</summary>
    /// <remarks>By reference first: names in code are literals, which the runtime keeps once each.</remarks>
    public static int Find(string[] names, string name)
    {
        for (int i = 0; i < names.Length; i++)
        {
            if (ReferenceEquals(names[i], name))
            {
                return i;
            }
        }

        return Array.IndexOf(names, name);
    }

    public BoxDeclarations WithoutInbox(int index) => new(_type, [.. Inboxes[..index], .. Inboxes[(index + 1)..]], Outboxes);

    public BoxDeclarations WithoutOutbox(int index) => new(_type, Inboxes, [.. Outboxes[..index], .. Outboxes[(index + 1)..]]);

    private static BoxDeclarations Read(Type type)
    {
        BoxDeclaration[] inboxes = Nearest<InboxAttribute>(type, attribute => new(attribute.Name, attribute.Description));
        BoxDeclaration[] outboxes = Nearest<OutboxAttribute>(type, attribute => new(attribute.Name, attribute.Description));
        CheckNames(type, inboxes, "inbox");
        CheckNames(type, outboxes, "outbox");
        return new BoxDeclarations(type, inboxes, outboxes);
    }

    // Declaring replaces what is inherited, it does not add to it, as with Python's class attributes.
    private static BoxDeclaration[] Nearest<T>(Type type, Converter<T, BoxDeclaration> read)
        where T : Attribute
    {
        for (Type? declaring = type; declaring is not null; declaring = declaring.BaseType)
        {
            if (declaring.GetCustomAttributes(typeof(T), inherit: false) is T[] { Length: > 0 } declared)
            {
                return Array.ConvertAll(declared, read);
            }
        }

        return [];
    }

    private static void CheckNames(Type type, BoxDeclaration[] boxes, string kind)
    {
        foreach (IGrouping<string, BoxDeclaration> group in boxes.GroupBy(box => box.Name))
        {
            if (group.Key is not { Length: > 0 } || group.Count() > 1)
            {
                throw new InvalidOperationException(
                    $"{type.Name} declares the {kind} \"{group.Key}\" {group.Count()} times. Each {kind} needs a name of its own.");
            }
        }
    }
}
