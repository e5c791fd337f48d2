// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net;
using System.Text;
using Axon;
using Kamaelia.Chassis;
using Kamaelia.Internet;

Dictionary<string, string> pages = new()
{
    ["/"] = "one two three",
    ["/one"] = "A component sleeps while it awaits.",
    ["/two"] = "Whatever ends the wait, it goes on in its own turn.",
    ["/three"] = "So nobody can tell it from the others.",
};

// A web server, and when it listens somebody who fetches its pages, and a printer. What the fetcher says last stops the server.
ServerOptions here = new() { Tcp = new TcpServerOptions { Address = IPAddress.Loopback } };
SimpleServer server = new(() => new HttpProtocol(pages), 0, here);
server.Listening += endPoint =>
{
    Pipeline reader = new(new Fetcher(new Uri($"http://{endPoint}/")), new Printer());
    server.Link((reader, "signal"), (server, "control"));
    reader.Activate();
};
server.Run();

// Fetches a page, and then at once all those that the page names. HttpClient has threads of its own; this code has not.
internal sealed class Fetcher(Uri address) : AsyncComponent
{
    protected override async Task Main()
    {
        using HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address };
        string index = await http.GetStringAsync("/", Stopping);
        Send($"/: {index}");

        string[] names = index.Split(' ');
        string[] texts = await Task.WhenAll(names.Select(name => http.GetStringAsync(name, Stopping)));
        foreach ((string name, string text) in names.Zip(texts))
        {
            Send($"/{name}: {text}");
        }

        using HttpResponseMessage missing = await http.GetAsync("/four", Stopping);
        Send($"/four: {(int)missing.StatusCode} {missing.ReasonPhrase}");

        Send(new ServerShutdown(drain: TimeSpan.FromSeconds(5)), "signal");
    }
}

// Enough of HTTP/1.1 for requests without a body, any number of them on a connection. An ordinary component: it has only bytes to wait for.
internal sealed class HttpProtocol(IReadOnlyDictionary<string, string> pages) : Component
{
    private string _received = "";

    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            while (TryRecv(out byte[]? bytes))
            {
                _received += Encoding.Latin1.GetString(bytes!);
            }

            while (TryTakeRequest(out string method, out string path))
            {
                byte[] answer = Answer(method, path);
                while (!TrySend(answer))
                {
                    yield return Pause(); // until the client has taken some
                }
            }

            if (TryRecv(out object? goodbye, "control"))
            {
                Send(goodbye, "signal");
                yield break;
            }

            yield return Pause();
        }
    }

    // A request may come in several pieces, and a piece may hold several requests. An empty line ends each.
    private bool TryTakeRequest(out string method, out string path)
    {
        const string EmptyLine = "\r\n\r\n";
        method = path = "";
        int end = _received.IndexOf(EmptyLine, StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        string[] words = _received[..end].Split("\r\n")[0].Split(' ');
        _received = _received[(end + EmptyLine.Length)..];
        method = words[0];
        path = words.ElementAtOrDefault(1) ?? "";
        return true;
    }

    private byte[] Answer(string method, string path)
    {
        (string status, string text) = method != "GET" ? ("405 Method Not Allowed", "")
            : pages.TryGetValue(path, out string? page) ? ("200 OK", page)
            : ("404 Not Found", "");
        return Encoding.UTF8.GetBytes(
            $"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {Encoding.UTF8.GetByteCount(text)}\r\n\r\n{text}");
    }
}

// Prints whatever arrives.
internal sealed class Printer : Component
{
    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            while (DataReady())
            {
                Console.WriteLine(Recv());
            }

            if (TryRecv(out object? goodbye, "control"))
            {
                Send(goodbye, "signal");
                yield break;
            }

            yield return Pause();
        }
    }
}
