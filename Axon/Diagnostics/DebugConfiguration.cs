// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Axon/debugConfigFile.py and Axon/debugConfigDefaults.py. Copyright BBC and Kamaelia Contributors.

using System.Globalization;

namespace Axon;

/// <summary>Sections of debug output and their levels, from a file or built in.</summary>
internal sealed class DebugConfiguration
{
    // The names that Axon's and Kamaelia's own notes had, whether the code they stood in is still there or not.
    private const string BuiltInSections = """
        debugTestClass.even debugTestClass.triple debugTestClass.run debugTestClass.__init__ debugTestClass.randomChange
        microprocess.microprocess microprocess.__str__ microprocess.__init__ microprocess.setthread microprocess._isStopped
        microprocess._isRunnable microprocess.stop microprocess.pause microprocess._unpause microprocess.activate
        microprocess.main scheduler.scheduler scheduler.__init__ scheduler._addThread scheduler.main scheduler.main.threads
        scheduler.objecttrack scheduler.runThreads microthread.microthread microthread.__init__ microthread.activate
        postman.postman postman.main postman.__init__ postman.__str__ postman.register postman.registerlinkage
        postman.deregister postman.deregisterlinkage postman.showqueuelengths postman.findrecipient
        postman.domessagedelivery.linkages postman.domessagedelivery postman.specificTransits postman.messagedelivery.fail
        component.component component.Component component.__init__ component.__str__ component.dataReady component.link
        component.recv component.send component.doSomething component.mainBody component.main component.addChildren
        component.removeChild component.childComponents component.initialiseComponent component.closeDownComponent
        component._collect component._deliver component.__addChild linkage.linkage idGen.idGen idGen.numId idGen.strId
        idGen.tupleId ReadFileAdapter.main AudioCookieProtocol.initialiseComponent FortuneCookieProtocol.main
        SimpleServer.checkOOBInfo SimpleServer.handleClosedCSA SimpleServer.handleNewCSA SimpleServerTestProtocol.__init__
        SimpleServerTestProtocol.mainBody SimpleServerTestProtocol.closeDownComponent HTTPServer.initialiseComponent
        MimeRequestComponent.mainBody PrimaryListenSocket.makeTCPServerPort ConnectedSocketAdapter.handleDataReady
        ConnectedSocketAdapter.handleDataSend ConnectedSocketAdapter.mainBody
        """;

    private static readonly Lock s_lock = new();
    private static DebugConfiguration? s_ofProcess;

    private DebugConfiguration(Dictionary<string, int> levels, bool isFromFile)
    {
        Levels = levels;
        IsFromFile = isFromFile;
    }

    public IReadOnlyDictionary<string, int> Levels { get; }

    public bool IsFromFile { get; }

    /// <summary>The one configuration of the process; who asks first says where it is read.</summary>
    public static DebugConfiguration OfProcess(string file)
    {
        lock (s_lock)
        {
            return s_ofProcess ??= File.Exists(file) ? Read(file, File.ReadLines(file)) : BuiltIn();
        }
    }

    public static DebugConfiguration BuiltIn() =>
        new(BuiltInSections.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToDictionary(section => section, _ => 0), isFromFile: false);

    public static DebugConfiguration Read(string file, IEnumerable<string> lines)
    {
        Dictionary<string, int> levels = [];
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            if (words.Length != 3 || !int.TryParse(words[1], NumberStyles.Integer, CultureInfo.InvariantCulture, out int level))
            {
                throw new FormatException($"Line {number} of {file} is not a section, a level and a location, parted by blanks: {line}");
            }

            levels[words[0]] = level;
        }

        return new DebugConfiguration(levels, isFromFile: true);
    }
}
