// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using Examples;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

// The peer to be measured beside: Kestrel's connection handler, which is Kestrel without HTTP. With "inline" its continuations run on the thread
// that waits for the sockets, as a server on one thread has them. With "tls" it speaks TLS from the first byte.
bool inline = args.Contains("inline");
bool tls = args.Contains("tls");
SslStreamCertificateContext? certificate = tls ? Certificates.MakeForLocalhost() : null;
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseKestrelHttpsConfiguration();
builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen =>
{
    if (tls)
    {
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = certificate }),
        });
    }

    listen.UseConnectionHandler<Echo>();
}));
builder.Services.Configure<SocketTransportOptions>(options =>
{
    options.IOQueueCount = inline ? 1 : options.IOQueueCount;
    options.UnsafePreferInlineScheduling = inline;
});
WebApplication application = builder.Build();
await application.StartAsync();
Console.WriteLine($"listening on {new Uri(application.Urls.Single()).Authority}");
await application.WaitForShutdownAsync();

internal sealed class Echo : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        (PipeReader input, PipeWriter output) = (connection.Transport.Input, connection.Transport.Output);
        while (true)
        {
            ReadResult result = await input.ReadAsync();
            foreach (ReadOnlyMemory<byte> segment in result.Buffer)
            {
                output.Write(segment.Span);
            }

            input.AdvanceTo(result.Buffer.End);
            if ((await output.FlushAsync()).IsCompleted || result.IsCompleted)
            {
                return;
            }
        }
    }
}
