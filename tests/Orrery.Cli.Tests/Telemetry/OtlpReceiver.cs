using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Orrery.Cli.Tests.Telemetry;

/// <summary>A small OpenTelemetry collector: takes OTLP in protobuf over HTTP and keeps it.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, string ContentType, Protobuf Message)> _received = new();

    private OtlpReceiver(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    public IReadOnlyList<string> ContentTypes => [.. _received.Select(r => r.ContentType).Distinct()];

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var receiver = new OtlpReceiver(app);
        app.Run(async http =>
        {
            var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            receiver._received.Enqueue((http.Request.Path, http.Request.ContentType ?? "", Protobuf.Read(body.ToArray())));
            // An empty answer says that all was taken.
            http.Response.ContentType = "application/x-protobuf";
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>Spans, metrics or records of logs, with the attributes of their resource.</summary>
    /// <param name="signal">traces, metrics or logs.</param>
    public IReadOnlyList<(Dictionary<string, string> Resource, Protobuf Item)> Of(string signal) =>
    [
        .. from received in _received
           where received.Path == $"/v1/{signal}"
           from resource in received.Message.At(1)
           from item in resource.At(2, 2)
           select (resource.At(1).Single().Attributes(1), item),
    ];

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
