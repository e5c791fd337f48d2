// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Threading.Tasks.Sources;

namespace Axon;

/// <summary>Waits for room at the end of an outbox, and sends a message.</summary>
internal sealed class SendWait : SourceWait, IValueTaskSource
{
    public object? Message;

    public void GetResult(short token)
    {
        Message = null;
        Finish(token);
    }

    // A look costs the full box no refusal, which a listener would see.
    private protected override bool TryAct() => !Claim!.IsFull && Claim.TryAppend(Message);
}
