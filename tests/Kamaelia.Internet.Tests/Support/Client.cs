// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Net.Sockets;

namespace Kamaelia.Internet.Tests;

/// <summary>Somebody who uses a selector. It need not be active: the test does everything in its name.</summary>
[Inbox("r")]
[Inbox("w")]
[Inbox("x")]
[Inbox("control")]
[Outbox("ask")]
[Outbox("shut")]
internal sealed class Client : Component
{
    /// <summary>Links to a selector, as components do that use one.</summary>
    public Client Use(Selector selector)
    {
        Link((this, "ask"), (selector, "notify"));
        Link((this, "shut"), (selector, "control"));
        return this;
    }

    public void Ask(params ReadOnlySpan<SelectorMessage> messages)
    {
        foreach (SelectorMessage message in messages)
        {
            Send(message, "ask");
        }
    }

    public void Read(Socket socket) => Ask(new NewReader(this, (this, "r"), socket));

    public void Write(Socket socket) => Ask(new NewWriter(this, (this, "w"), socket));

    public void Except(Socket socket) => Ask(new NewExceptional(this, (this, "x"), socket));

    public IReadOnlyList<object?> Take(string box) => [.. Inbox(box)];

    protected override IEnumerator<Yield> Main()
    {
        while (!DataReady("control"))
        {
            yield return Pause();
        }
    }
}
