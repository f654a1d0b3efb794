using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Engine;

namespace Orrery.Replica.Tests;

/// <summary>What a replica does between being asked to stop and its end.</summary>
public sealed class DrainTests
{
    private static readonly ReplicaOptions Patient = new() { DrainFor = TimeSpan.FromMinutes(1) };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_runs_is_finished(bool stream)
    {
        var (model, gate) = (new ScriptedModel(), new TaskCompletionSource());
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model, Patient);
        var started = new TaskCompletionSource();
        model.Script = (_, ct) =>
        {
            started.SetResult();
            return ScriptedModel.Gated("one", gate.Task, "two", ct);
        };
        var asked = replica.PostAsync("/v1/completions", $$"""{"prompt":"x","stream":{{(stream ? "true" : "false")}}}""");
        await started.Task.WaitAsync(Ct);

        var stopping = replica.Host.DisposeAsync().AsTask();
        await DrainsAsync(replica);
        gate.SetResult();
        using var response = await asked;
        string text = await response.Content.ReadAsStringAsync(Ct);
        await stopping.WaitAsync(TimeSpan.FromSeconds(20), Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("two", text, StringComparison.Ordinal);
        if (stream)
            Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_comes_is_refused_with_a_time_to_retry_and_the_end_of_the_connection()
    {
        var (model, gate) = (new ScriptedModel(), new TaskCompletionSource());
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model, Patient);
        model.Script = (_, ct) => ScriptedModel.Gated("one", gate.Task, "two", ct);
        using var running = await replica.PostAsync("/v1/completions", """{"prompt":"x","stream":true}""");
        model.Requests.Clear();

        var stopping = replica.Host.DisposeAsync().AsTask();
        await DrainsAsync(replica);

        foreach (string path in (string[])["/v1/completions", "/v1/chat/completions", "/v1/tokenize", "/v1/detokenize"])
            await RefusedAsync(await replica.PostAsync(path, """{"prompt":"x"}"""));
        await RefusedAsync(await replica.Client.GetAsync("/health", Ct));
        await RefusedAsync(await replica.Client.GetAsync("/v1/kv/events", Ct));
        Assert.Contains("orrery_num_requests_running", await replica.Client.GetStringAsync("/metrics", Ct), StringComparison.Ordinal);
        Assert.Empty(model.Requests);
        gate.SetResult();
        await stopping.WaitAsync(TimeSpan.FromSeconds(20), Ct);

        static async Task RefusedAsync(HttpResponseMessage response)
        {
            using (response)
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
                Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter!.Delta);
                Assert.True(response.Headers.ConnectionClose);
                Assert.Equal("draining", await CodeAsync(response));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_stream_that_is_not_done_in_time_ends_with_an_error_event(int choices)
    {
        var model = new ScriptedModel();
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model, new ReplicaOptions { DrainFor = TimeSpan.FromMilliseconds(50) });
        model.Script = (_, ct) => ScriptedModel.Gated("one", Task.Delay(Timeout.Infinite, ct), "never", ct);
        using var response = await replica.PostAsync("/v1/completions", $$"""{"prompt":"x","stream":true,"n":{{choices}}}""");

        await replica.Host.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), Ct);
        var events = await ReplicaUnderTest.EventsAsync(response);

        Assert.InRange(events.Count, 2, choices + 1);
        Assert.Equal("draining", (string)JsonNode.Parse(events[^1])!["error"]!["code"]!);
        for (int i = 0; i < choices; i++)
            Assert.Equal("cancelled", await model.Ended.ReadAsync(Ct));
    }

    [Theory]
    [InlineData("/v1/completions")]
    [InlineData("/v1/embeddings")]
    public async Task An_answer_in_one_piece_that_is_not_done_in_time_is_503(string path)
    {
        var options = new ReplicaOptions { DrainFor = TimeSpan.FromMilliseconds(50) };
        var started = new TaskCompletionSource();
        var model = new ScriptedModel();
        var embeddings = new ScriptedEmbeddings();
        await using var replica = path == "/v1/embeddings" ? await ReplicaUnderTest.StartAsync(embeddings, options) : await ReplicaUnderTest.StartWarmAsync(model, options);
        await replica.Host.WarmedUp.WaitAsync(Ct);
        embeddings.Hold = started.SetResult;
        model.Script = (_, ct) =>
        {
            started.SetResult();
            return ScriptedModel.Gated("one", Task.Delay(Timeout.Infinite, ct), "never", ct);
        };
        var asked = replica.PostAsync(path, """{"prompt":"x","input":"x"}""");
        await started.Task.WaitAsync(Ct);

        await replica.Host.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), Ct);
        using var response = await asked;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("draining", await CodeAsync(response));
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_nothing_up()
    {
        var model = new ScriptedModel();
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model, new ReplicaOptions { DrainFor = TimeSpan.FromMilliseconds(50) });
        var much = new TaskCompletionSource();
        model.Script = (_, ct) => EndlessAsync(much, ct);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1024 };
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(replica.Host.Address).Port, Ct);
        await socket.SendAsync(Encoding.UTF8.GetBytes("POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 28\r\n\r\n{\"prompt\":\"x\",\"stream\":true}"), Ct);
        await much.Task.WaitAsync(Ct);

        await replica.Host.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), Ct);
    }

    private static async IAsyncEnumerable<TextPiece> EndlessAsync(TaskCompletionSource much, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        string text = new('x', 64 * 1024);
        for (int i = 0; ; i++)
        {
            ct.ThrowIfCancellationRequested();
            if (i == 16)
                much.TrySetResult();
            yield return new TextPiece(1, text);
            await Task.Yield();
        }
    }

    private static Task<string> DrainsAsync(ReplicaUnderTest replica) => Eventually.SeesAsync(
        async () =>
        {
            using var health = await replica.Client.GetAsync("/health", Ct);
            return health.StatusCode == HttpStatusCode.ServiceUnavailable ? "drains" : null;
        },
        () => "its health is fine");

    private static async Task<string> CodeAsync(HttpResponseMessage response)
        => (string)JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["error"]!["code"]!;
}
