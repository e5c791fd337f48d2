// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/debug.py. Copyright BBC and Kamaelia Contributors.

using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Axon;

/// <summary>Debug output in sections, each of which has a level: a note is written if its section's level reaches that of the note.</summary>
/// <remarks>
/// <para><em>Example usage</em></para>
/// <code>
/// DebugLog debug = new(Scheduler.Logger);
/// debug.AddDebugSection("Echo.main", 5);
/// debug.Note("Echo.main", 5, "received", message);     // Sun Nov 22 14:03:11 2026 | Echo.main | received hello
/// debug.Note("Echo.main", 10, "too much detail");      // not written
/// </code>
/// <para>For components that were ported together with their notes; new ones use the logger itself. Notes are written as debug messages.</para>
/// <para>Threads: one at a time. Cost of a note that is not written: a look-up by the section's name; no allocation.</para>
/// <para>Source: Axon/debug.py, Axon/debugConfigFile.py.</para>
/// </remarks>
/// <param name="logger">Where to write.</param>
/// <param name="clock">What time it is. Default: the system's clock.</param>
/// <param name="assertBadDebug">Whether a note of a section that a configuration file does not know is an error. Default: yes.</param>
// PORT: differs. Python prints; every microprocess there reads debug.conf by itself when it is made.
public sealed class DebugLog(ILogger logger, TimeProvider? clock = null, bool assertBadDebug = true)
{
    private const int Increment = 5;

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly HashSet<string> _complainedOf = [];
    private Dictionary<string, int> _levels = [];
    private bool _hasFile;

    /// <summary>Takes over the sections of the process: those of a file, read the first time that anybody asks, or of Axon itself, all at level 0.</summary>
    /// <param name="file">
    /// The file, if none was read before. Lines of section, level and location, parted by blanks; the location is not used. Empty lines, and
    /// lines that begin with <c>#</c>, do not count. Default: <c>debug.conf</c> in the working directory.
    /// </param>
    /// <remarks>A file that is not there is no error: the built-in sections are used then. Source: Axon/debug.py, <c>debug.useConfig</c>.</remarks>
    /// <exception cref="FormatException">A line of the file is none of these.</exception>
    public void UseConfig(string file = "debug.conf")
    {
        DebugConfiguration configuration = DebugConfiguration.OfProcess(file);
        _hasFile = configuration.IsFromFile;
        foreach ((string section, int level) in configuration.Levels)
        {
            AddDebugSection(section, level);
        }
    }

    /// <summary>Adds a section, or gives it another level, in this object alone.</summary>
    /// <param name="section">Its name.</param>
    /// <param name="level">Notes up to this level are written.</param>
    public void AddDebugSection(string section, int level) => _levels[section] = level;

    /// <summary>Adds several sections; as <see cref="AddDebugSection"/>.</summary>
    /// <param name="sections">Names and levels.</param>
    public void AddDebug(params IEnumerable<KeyValuePair<string, int>> sections)
    {
        ArgumentNullException.ThrowIfNull(sections);
        foreach ((string section, int level) in sections)
        {
            AddDebugSection(section, level);
        }
    }

    /// <summary>Puts these sections in the place of all others, in this object alone.</summary>
    /// <param name="sections">Names and levels.</param>
    public void SetDebugSections(params IEnumerable<KeyValuePair<string, int>> sections) => _levels = new Dictionary<string, int>(sections);

    /// <summary>Raises the level of a section by 5; one that is not known gets 5.</summary>
    /// <param name="section">Its name.</param>
    public void IncreaseDebug(string section) => _levels[section] = _levels.GetValueOrDefault(section) + Increment;

    /// <summary>Lowers the level of a section by 5, not below 0; one that is not known is left alone.</summary>
    /// <param name="section">Its name.</param>
    public void DecreaseDebug(string section)
    {
        if (_levels.TryGetValue(section, out int level))
        {
            _levels[section] = Math.Max(0, level - Increment);
        }
    }

    /// <summary>Whether a note of this section and level would be written. Never an error.</summary>
    /// <param name="section">The section.</param>
    /// <param name="level">The level.</param>
    public bool AreDebugging(string section, int level) => _levels.TryGetValue(section, out int configured) && configured >= level;

    /// <summary>Writes a line, if the section's level is at least that of the note: time, section, and the arguments parted by blanks.</summary>
    /// <param name="section">The section.</param>
    /// <param name="level">The level: the higher, the more detailed.</param>
    /// <param name="arguments">What to write.</param>
    /// <exception cref="AxonException">A configuration file is in use and does not have the section, and bad sections are errors.</exception>
    // PORT: differs. Python returns True for use in asserts, and a bad section ends in a NameError.
    public void Note(string section, int level, params ReadOnlySpan<object?> arguments)
    {
        if (!_levels.TryGetValue(section, out int configured))
        {
            OnUnknown(section, arguments);
        }
        else if (configured >= level)
        {
            DebugMessage(section, arguments);
        }
    }

    /// <summary>As <see cref="Note"/>, by its other name.</summary>
    /// <param name="section">The section.</param>
    /// <param name="level">The level.</param>
    /// <param name="arguments">What to write.</param>
    /// <exception cref="AxonException">As in <see cref="Note"/>.</exception>
    public void Debug(string section, int level, params ReadOnlySpan<object?> arguments) => Note(section, level, arguments);

    /// <summary>Writes a line, whatever the levels are.</summary>
    /// <param name="section">The section; it need not be known.</param>
    /// <param name="arguments">What to write.</param>
    public void DebugMessage(string section, params ReadOnlySpan<object?> arguments)
    {
        if (logger.IsEnabled(LogLevel.Debug))
        {
            Log.DebugNote(logger, Time(), section, string.Join(' ', arguments));
        }
    }

    private void OnUnknown(string section, ReadOnlySpan<object?> arguments)
    {
        if (!_hasFile)
        {
            return;
        }

        string text = string.Join(' ', arguments);
        if (assertBadDebug)
        {
            throw new AxonException(
                $"A note for the debug section \"{section}\", which is not configured: {text}. Add the section to the configuration file.", section, text);
        }

        if (_complainedOf.Add(section))
        {
            Log.UnknownDebugSection(logger, section, text);
        }
    }

    // As C's asctime writes it.
    private string Time()
    {
        DateTimeOffset now = _clock.GetLocalNow();
        return string.Create(CultureInfo.InvariantCulture, $"{now:ddd MMM} {now.Day,2} {now:HH:mm:ss yyyy}");
    }
}
