// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Axon;

/// <summary>Finds the line at which a body waits, afterwards and without having noted anything.</summary>
/// <remarks>
/// The compiler makes of an iterator an object that keeps the number of the yield at which it stands. In the code of its MoveNext that number is
/// stored in one place, just before the return, and the symbols of the program say to which line the place belongs. Where one of these
/// cannot be had (no symbols, no code because it was compiled ahead of time, a body that is no iterator) there is no answer.
/// </remarks>
internal sealed class SourceLines : IDisposable
{
    private const string StateField = "<>1__state";
    private const byte LoadThis = 0x02;
    private const byte LoadField = 0x7B;
    private const byte StoreField = 0x7D;

    private readonly Dictionary<Assembly, MetadataReaderProvider?> _symbols = [];

    /// <summary>The line of the <c>yield</c> at which a body stands.</summary>
    /// <returns>Null if it was not started, or where the line is not to be found.</returns>
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Where the members were trimmed away there is no answer.")]
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Where the code was changed there is no answer, or a line nearby.")]
    public SourceLine? Find(IEnumerator<Yield>? body)
    {
        // What Axon itself runs, such as the old-style main, would say nothing about the component.
        if (body?.GetType() is not { } type || type.Assembly == typeof(SourceLines).Assembly)
        {
            return null;
        }

        const BindingFlags OfInstance = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;
        if (type.GetField(StateField, OfInstance)?.GetValue(body) is not int state
            || type.GetMethod(nameof(IEnumerator<Yield>.MoveNext), OfInstance) is not { } moveNext
            || moveNext.GetMethodBody()?.GetILAsByteArray() is not { } code
            || PlaceOfYield(code, state) is not { } place
            || Symbols(type.Assembly)?.GetMetadataReader() is not { } reader)
        {
            return null;
        }

        var handle = (MethodDefinitionHandle)MetadataTokens.Handle(moveNext.MetadataToken);
        SequencePoint? at = null;
        foreach (SequencePoint point in reader.GetMethodDebugInformation(handle).GetSequencePoints())
        {
            if (point.Offset <= place && !point.IsHidden)
            {
                at = point;
            }
        }

        return at is { } found ? new SourceLine(reader.GetString(reader.GetDocument(found.Document).Name), found.StartLine, MethodName(type.Name)) : null;
    }

    public void Dispose()
    {
        foreach (MetadataReaderProvider? symbols in _symbols.Values)
        {
            symbols?.Dispose();
        }
    }

    // MoveNext begins by looking at the state, which tells how the field is called in this code.
    private static int? PlaceOfYield(byte[] code, int state)
    {
        if (state <= 0 || code is not [LoadThis, LoadField, _, _, _, _, ..])
        {
            return null;
        }

        byte[] store = [LoadThis, .. LoadNumber(state), StoreField, .. code[2..6]];
        int place = code.AsSpan().IndexOf(store);
        return place < 0 ? null : place;
    }

    private static byte[] LoadNumber(int number) => number switch
    {
        <= 8 => [(byte)(0x16 + number)],
        <= sbyte.MaxValue => [0x1F, (byte)number],
        _ => [0x20, .. BitConverter.GetBytes(number)],
    };

    // The class of an iterator is called <Main>d__3.
    private static string MethodName(string type) => type.IndexOf('>', StringComparison.Ordinal) is > 1 and var end ? type[1..end] : type;

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "In a single file there is no path, and so no answer.")]
    private MetadataReaderProvider? Symbols(Assembly assembly)
    {
        if (!_symbols.TryGetValue(assembly, out MetadataReaderProvider? symbols))
        {
            symbols = assembly.Location is { Length: > 0 } path ? OpenSymbols(path) : null;
            _symbols.Add(assembly, symbols);
        }

        return symbols;
    }

    private static MetadataReaderProvider? OpenSymbols(string assemblyFile)
    {
        try
        {
            using PEReader program = new(File.OpenRead(assemblyFile));
            return program.TryOpenAssociatedPortablePdb(
                assemblyFile, path => File.Exists(path) ? File.OpenRead(path) : null, out MetadataReaderProvider? symbols, out _)
                ? symbols
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            return null;
        }
    }
}
