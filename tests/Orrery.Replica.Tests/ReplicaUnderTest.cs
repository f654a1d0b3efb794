using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Orrery.Engine;
using Orrery.Wire.Sse;

namespace Orrery.Replica.Tests;

/// <summary>A real replica on a free port with a client for it.</summary>
internal sealed class ReplicaUnderTest : IAsyncDisposable
{
    private ReplicaUnderTest(ReplicaHost host, HttpClient client)
    {
        Host = host;
        Client = client;
    }

    public ReplicaHost Host { get; }

    public HttpClient Client { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<ReplicaUnderTest> StartAsync(ITextModel model, ReplicaOptions? options = null)
    {
        options ??= new ReplicaOptions();
        var host = await ReplicaHost.StartAsync(model, options, TimeProvider.System, NullLoggerFactory.Instance, Ct);
        var client = options.SocketPath is { } path
            ? new HttpClient(new SocketsHttpHandler { ConnectCallback = async (_, ct) => await ConnectAsync(path, ct) }) { BaseAddress = new Uri("http://replica") }
            : new HttpClient { BaseAddress = new Uri(host.Address) };
        return new ReplicaUnderTest(host, client);
    }

    public static async Task<ReplicaUnderTest> StartAsync(IEmbeddingModel model, ReplicaOptions? options = null)
    {
        var host = await ReplicaHost.StartAsync(model, options ?? new ReplicaOptions(), TimeProvider.System, NullLoggerFactory.Instance, Ct);
        return new ReplicaUnderTest(host, new HttpClient { BaseAddress = new Uri(host.Address) });
    }

    /// <summary>Warmed up, so that the model's log begins with the test's own request.</summary>
    public static async Task<ReplicaUnderTest> StartWarmAsync(ScriptedModel model, ReplicaOptions? options = null)
    {
        var replica = await StartAsync(model, options);
        await replica.Host.WarmedUp.WaitAsync(Ct);
        for (int i = 0; i < model.Requests.Count; i++)
            await model.Ended.ReadAsync(Ct);
        model.Requests.Clear();
        return replica;
    }

    public Task<HttpResponseMessage> PostAsync(string path, string json) => PostAsync(path, Encoding.UTF8.GetBytes(json));

    public Task<HttpResponseMessage> PostAsync(string path, byte[] body)
        => Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) }, HttpCompletionOption.ResponseHeadersRead, Ct);

    public async Task<JsonNode> PostForJsonAsync(string path, string json)
    {
        using var response = await PostAsync(path, json);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!;
    }

    public static async Task<List<string>> EventsAsync(HttpResponseMessage response)
    {
        var events = new List<string>();
        await foreach (var e in SseReader.ReadAsync(await response.Content.ReadAsStreamAsync(Ct), Ct))
            events.Add(e.Data);
        return events;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
    }

    private static async Task<Stream> ConnectAsync(string path, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
