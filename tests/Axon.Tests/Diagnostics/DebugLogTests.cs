// Licensed under the Apache License, Version 2.0. See LICENSE.

using Axon.TestKit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Axon.Tests;

public class DebugLogTests
{
    private readonly RecordingLogger _log = new();
    private readonly VirtualClock _clock = new(new DateTimeOffset(2026, 11, 2, 14, 3, 11, TimeSpan.Zero));
    private readonly DebugLog _debug;

    public DebugLogTests()
    {
        _debug = new DebugLog(_log, _clock);
    }

    private IEnumerable<string> Texts => _log.Entries.Select(entry => entry.Text.Split(" | ")[^1]);

    [Fact]
    [Trait("Spec", "AX-DBG-01")]
    public void Note_IsWritten_IfTheSectionsLevelReachesIt()
    {
        _debug.AddDebugSection("Echo.main", 5);
        _debug.Note("Echo.main", 1, "one");
        _debug.Note("Echo.main", 5, "five");
        _debug.Debug("Echo.main", 5, "five again");
        _debug.Note("Echo.main", 6, "six");
        _debug.Note("Other.main", 0, "other");

        Assert.Equal(["one", "five", "five again"], Texts);
        Assert.All(_log.Entries, entry => Assert.Equal(LogLevel.Debug, entry.Level));
    }

    [Fact]
    [Trait("Spec", "AX-DBG-02")]
    public void AreDebugging_TellsWithoutWriting()
    {
        _debug.AddDebugSection("Echo.main", 5);

        Assert.True(_debug.AreDebugging("Echo.main", 5));
        Assert.False(_debug.AreDebugging("Echo.main", 6));
        Assert.False(_debug.AreDebugging("Other.main", 0));
        Assert.Empty(_log.Entries);
    }

    [Fact]
    [Trait("Spec", "AX-DBG-03")]
    public void Line_IsTimeSectionAndArguments()
    {
        _debug.DebugMessage("Echo.main", "received", 7, null, "bytes");

        Assert.Equal("Mon Nov  2 14:03:11 2026 | Echo.main | received 7  bytes", Assert.Single(_log.Entries).Text);
    }

    [Fact]
    [Trait("Spec", "AX-DBG-04")]
    public void Levels_GoUpAndDownByFive_InThisObjectAlone()
    {
        DebugLog other = new(_log);
        _debug.IncreaseDebug("a");
        Assert.True(_debug.AreDebugging("a", 5));
        Assert.False(_debug.AreDebugging("a", 6));
        _debug.IncreaseDebug("a");
        Assert.True(_debug.AreDebugging("a", 10));
        _debug.AddDebugSection("b", 7);
        _debug.DecreaseDebug("b");
        Assert.True(_debug.AreDebugging("b", 2));
        Assert.False(_debug.AreDebugging("b", 3));
        _debug.DecreaseDebug("b");
        Assert.True(_debug.AreDebugging("b", 0));
        Assert.False(_debug.AreDebugging("b", 1));
        _debug.DecreaseDebug("c");
        Assert.False(_debug.AreDebugging("c", 0));
        _debug.AddDebug(new("d", 3), new("a", 1));
        Assert.True(_debug.AreDebugging("d", 3));
        Assert.False(_debug.AreDebugging("a", 2));
        _debug.SetDebugSections(new KeyValuePair<string, int>("e", 4));
        Assert.False(_debug.AreDebugging("a", 0));
        Assert.True(_debug.AreDebugging("e", 4));

        Assert.All(new[] { "a", "b", "d", "e" }, section => Assert.False(other.AreDebugging(section, 0)));
    }

    [Fact]
    [Trait("Spec", "AX-DBG-05")]
    public void Note_ThatIsNotWritten_CostsNoMemory_AndReturnsNothing()
    {
        DebugLog debug = new(NullLogger.Instance);
        debug.AddDebugSection("Echo.main", 5);
        NoteTwice();

        long before = GC.GetAllocatedBytesForCurrentThread();
        NoteTwice();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.All(
            typeof(DebugLog).GetMethods().Where(method => method.Name is nameof(DebugLog.Note) or nameof(DebugLog.Debug)),
            method => Assert.Equal(typeof(void), method.ReturnType));

        void NoteTwice()
        {
            debug.Note("Echo.main", 6, "too", "much");
            debug.Note("Echo.main", 5, "for", "nobody");
        }
    }

    [Fact]
    [Trait("Spec", "AX-DBG-06")]
    public void File_IsLinesOfSectionLevelAndLocation()
    {
        DebugConfiguration read = DebugConfiguration.Read("debug.conf", [
            "# what we want to see",
            "",
            "   ",
            "Echo.main   5  default",
            "Echo.stop 10 default",
            "#Echo.other 3 default",
        ]);

        Assert.Equal([new("Echo.main", 5), new("Echo.stop", 10)], read.Levels.OrderBy(section => section.Key));
    }

    [Theory]
    [InlineData("Echo.main 5")]
    [InlineData("Echo.main five default")]
    [InlineData("Echo.main 5 default more")]
    [Trait("Spec", "AX-DBG-06")]
    public void File_WithAnotherLine_IsAnErrorThatNamesIt(string line)
    {
        FormatException exception = Assert.Throws<FormatException>(() => DebugConfiguration.Read("my.conf", ["Echo.main 5 default", line]));

        Assert.StartsWith("Line 2 of my.conf", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith(line, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Spec", "AX-DBG-07")]
    public void Configuration_IsReadOnceInAProcess_AndOnlyIfAskedFor()
    {
        string file = Path.GetTempFileName();
        try
        {
            using FreshAxon axon = new();
            File.WriteAllText(file, "Echo.main 5 default\n");
            object debug = Make(axon);
            Assert.False(AreDebugging(debug, "Echo.main", 0));
            UseConfig(debug, file);
            Assert.True(AreDebugging(debug, "Echo.main", 5));

            File.WriteAllText(file, "Echo.main 9 default\n");
            object later = Make(axon);
            UseConfig(later, file);
            Assert.True(AreDebugging(later, "Echo.main", 5));
            Assert.False(AreDebugging(later, "Echo.main", 6));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    [Trait("Spec", "AX-DBG-07")]
    public void Configuration_WithoutFile_IsTheBuiltInSectionsAtLevelZero()
    {
        using FreshAxon axon = new();
        object debug = Make(axon);
        UseConfig(debug, Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString()));

        Assert.All(new[] { "microprocess.main", "scheduler.main.threads", "ConnectedSocketAdapter.mainBody" }, section =>
        {
            Assert.True(AreDebugging(debug, section, 0));
            Assert.False(AreDebugging(debug, section, 1));
        });
        Assert.False(AreDebugging(debug, "Echo.main", 0));
        Note(debug, "Echo.main", "ignored");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "AX-DBG-08")]
    public void UndeclaredSection_WithAFile_IsAnErrorIfAskedFor(bool assertBadDebug)
    {
        string file = Path.GetTempFileName();
        try
        {
            using FreshAxon axon = new();
            File.WriteAllText(file, "Echo.main 5 default\n");
            object debug = Make(axon, assertBadDebug);
            UseConfig(debug, file);
            if (assertBadDebug)
            {
                Exception exception = Assert.ThrowsAny<Exception>(() => Note(debug, "Ecko.main", "hello"));
                Assert.Equal("AxonException", exception.GetType().Name);
                Assert.Contains("\"Ecko.main\"", exception.Message, StringComparison.Ordinal);
                Assert.Contains("hello", exception.Message, StringComparison.Ordinal);
                Assert.Empty(_log.Entries);
            }
            else
            {
                Note(debug, "Ecko.main", "hello");
                Note(debug, "Ecko.main", "again");
                Assert.Equal(LogLevel.Warning, Assert.Single(_log.Entries).Level);
                Assert.Contains("Ecko.main", _log.Entries[0].Text, StringComparison.Ordinal);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void UseConfig(object debug, string file) => debug.GetType().GetMethod(nameof(DebugLog.UseConfig))!.Invoke(debug, [file]);

    private static bool AreDebugging(object debug, string section, int level) =>
        (bool)debug.GetType().GetMethod(nameof(DebugLog.AreDebugging))!.Invoke(debug, [section, level])!;

    // A span cannot be handed over by reflection.
    private static void Note(object debug, string section, string text) =>
        debug.GetType().GetMethod(nameof(DebugLog.Note))!.CreateDelegate<NoteMethod>(debug)(section, 1, [text]);

    private object Make(FreshAxon axon, bool assertBadDebug = true) => Activator.CreateInstance(axon.Type(nameof(DebugLog)), _log, _clock, assertBadDebug)!;

    private delegate void NoteMethod(string section, int level, ReadOnlySpan<object?> arguments);
}
