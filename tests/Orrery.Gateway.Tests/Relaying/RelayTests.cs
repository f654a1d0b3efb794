using System.Text;
using Microsoft.AspNetCore.Http;
using Orrery.Gateway.Tests.Fixtures;
using Orrery.Wire.Sse;

namespace Orrery.Gateway.Tests.Relaying;

public sealed class RelayTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/completions", false)]
    [InlineData("/v1/chat/completions", true)]
    [InlineData("/v1/embeddings?x=%C3%A9&y=", true)]
    public async Task Bytes_pass_unchanged_both_ways(string path, bool socket)
    {
        const string Answer = """{ "odd" :  [1e400, "\u00e9 é 😀"], "usage": null}""";
        await using var replica = await ScriptedReplica.SayingAsync(Answer, socket);
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);
        byte[] body = Encoding.UTF8.GetBytes(
            "\r\n {\"nested\":{\"model\":\"other\",\"stream\":true}, \"unknown\":[1.50,1e400,-0.0,{\"a\":\"\\u00e9\\/ é😀\"}],\t\"mod\\u0065l\" : \"m\",\"dup\":1,\"dup\":2 }  ");

        using var response = await gateway.AskAsync(path, body);

        Assert.Equal(Answer, await response.Content.ReadAsStringAsync(Ct));
        var asked = replica.Requests.Single();
        Assert.Equal(body, asked.Body);
        Assert.Equal(path, asked.PathAndQuery);
    }

    [Fact]
    public async Task A_large_body_and_a_large_answer_pass_unchanged()
    {
        string text = string.Concat(Enumerable.Range(0, 300_000).Select(i => $"{i} é "));
        await using var replica = await ScriptedReplica.StartAsync(http => ScriptedReplica.StreamAsync(http, $"data: {text}\n\n", "data: x\r\n\r\n", "data: [DONE]\n\n"));
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);
        string body = $$"""{"model":"m","prompt":"{{text}}"}""";

        string answer = await gateway.TextAsync(body);

        Assert.Equal(body, Encoding.UTF8.GetString(replica.Requests.Single().Body));
        Assert.Equal($"data: {text}\n\ndata: x\r\n\r\ndata: [DONE]\n\n", answer);
    }

    [Fact]
    public async Task Headers_of_the_connection_and_the_key_stay_here_and_others_pass()
    {
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            http.Response.StatusCode = 418;
            http.Response.Headers["x-from-replica"] = "yes";
            http.Response.Headers["x-request-id"] = "the replica's own";
            http.Response.Headers["Keep-Alive"] = "timeout=5";
            http.Response.Headers.SetCookie = "a=b";
            await ScriptedReplica.WholeAsync(http, "{}");
        });
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = new StringContent("""{"model":"m"}""", Encoding.UTF8, "text/odd") };
        foreach (var (name, value) in new[]
        {
            ("x-mine", "1"), ("Cookie", "c=d"), ("Accept-Encoding", "gzip"), ("Connection", "x-hop"), ("x-hop", "1"), ("Proxy-Authorization", "p"), ("x-request-id", "mine"),
        })
            request.Headers.TryAddWithoutValidation(name, value);

        using var response = await gateway.Client.SendAsync(request, Ct);

        var asked = replica.Requests.Single().Headers;
        Assert.Equal("1", asked["x-mine"]);
        Assert.Equal("application/json", asked["Content-Type"]);
        Assert.Empty(asked.Keys.Intersect(["Authorization", "Cookie", "Accept-Encoding", "x-hop", "Proxy-Authorization"], StringComparer.OrdinalIgnoreCase));
        Assert.Equal(418, (int)response.StatusCode);
        Assert.Equal("yes", response.Headers.GetValues("x-from-replica").Single());
        Assert.False(response.Headers.Contains("Keep-Alive"));
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.Equal(asked["x-request-id"], response.Headers.GetValues("x-request-id").Single());
        Assert.StartsWith("req_", asked["x-request-id"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_that_is_not_ASCII_harms_no_replica()
    {
        await using var replica = await ScriptedReplica.SayingAsync("fine");
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Client.BaseAddress!, "/v1/completions")) { Content = new StringContent("""{"model":"m"}""") };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {gateway.AdminKey}");
        request.Headers.TryAddWithoutValidation("x-odd", "é");

        using var response = await client.SendAsync(request, Ct);

        Assert.Equal("fine", await response.Content.ReadAsStringAsync(Ct));
        Assert.Equal("é", replica.Requests.Single().Headers["x-odd"]);
    }

    [Fact]
    public async Task Each_event_arrives_before_the_next_is_made()
    {
        var gate = new TaskCompletionSource();
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            await ScriptedReplica.StreamAsync(http, "data: 1\n\n");
            await gate.Task.WaitAsync(http.RequestAborted);
            await ScriptedReplica.StreamAsync(http, "data: 2\n\n", "data: [DONE]\n\n");
        });
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);

        using var response = await gateway.AskAsync("""{"model":"m","stream":true}""");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        string? first = await reader.ReadLineAsync(Ct);
        gate.SetResult();

        Assert.Equal("data: 1", first);
        Assert.Equal("\ndata: 2\n\ndata: [DONE]\n\n", await reader.ReadToEndAsync(Ct));
    }

    [Fact]
    public async Task A_client_that_reads_slowly_gets_every_event_and_holds_up_nobody()
    {
        const int Events = 4000;
        string padding = new('x', 4000);
        await using var replica = await ScriptedReplica.StartAsync(http => http.Request.Path == "/v1/embeddings"
            ? ScriptedReplica.WholeAsync(http, "quick")
            : ScriptedReplica.StreamAsync(http, [.. Enumerable.Range(0, Events).Select(i => $"data: {i} {padding}\n\n"), "data: [DONE]\n\n"]));
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);

        using var slow = await gateway.AskAsync("""{"model":"m","stream":true}""");
        for (int i = 0; i < 20; i++)
        {
            using var quick = await gateway.AskAsync("/v1/embeddings", """{"model":"m"}"""u8.ToArray());
            Assert.Equal("quick", await quick.Content.ReadAsStringAsync(Ct));
        }
        Assert.Equal(1, gateway.DemandOf("m").InFlight);
        var events = new List<string>();
        await foreach (var e in SseReader.ReadAsync(await slow.Content.ReadAsStreamAsync(Ct), Ct))
            events.Add(e.Data);

        Assert.Equal([.. Enumerable.Range(0, Events).Select(i => $"{i} {padding}"), "[DONE]"], events);
    }

    [Theory]
    [InlineData("stream, before the first byte", true, false)]
    [InlineData("stream, in the middle", true, true)]
    [InlineData("whole, before the first byte", false, false)]
    [InlineData("whole, in the middle", false, true)]
    public async Task A_client_that_goes_cancels_the_replica(string because, bool stream, bool inTheMiddle)
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            http.RequestAborted.Register(() => cancelled.TrySetResult());
            http.Response.ContentType = stream ? "text/event-stream" : "application/json";
            if (inTheMiddle)
                await http.Response.WriteAsync("data: 1\n\n", Ct);
            await http.Response.Body.FlushAsync(Ct);
            started.SetResult();
            await ScriptedReplica.StallAsync(http);
        });
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);
        using var client = new CancellationTokenSource();

        var asking = ReadAllAsync();
        await started.Task.WaitAsync(Ct);
        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.True(await Task.WhenAny(cancelled.Task, Task.Delay(TimeSpan.FromSeconds(10), Ct)) == cancelled.Task, because);
        await Eventually.TrueAsync(() => gateway.DemandOf("m") is { InFlight: 0, Waiting: 0 }, () => gateway.DemandOf("m").ToString());

        async Task ReadAllAsync()
        {
            using var response = await gateway.AskAsync($$"""{"model":"m","stream":{{(stream ? "true" : "false")}}}""", client.Token);
            await response.Content.ReadAsStringAsync(client.Token);
        }
    }

    [Theory]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}""", 7)]
    [InlineData("""{"choices":[{"text":"\"total_tokens\":99"}]}""", 0)]
    public async Task Tokens_are_counted_from_usage(string answer, long expected)
    {
        await using var whole = await ScriptedReplica.SayingAsync(answer);
        await using var stream = await ScriptedReplica.StartAsync(http => ScriptedReplica.StreamAsync(http, "data: {}\n\n", $"data: {answer}\n\n", "data: [DONE]\n\n"));
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("whole", whole);
        await gateway.ServeAsync("stream", stream);
        await gateway.SeesModelAsync("whole", ready: true);
        await gateway.SeesModelAsync("stream", ready: true);

        await gateway.TextAsync("""{"model":"whole"}""");
        await gateway.EventsAsync("""{"model":"stream","stream":true}""");

        await Eventually.TrueAsync(() => gateway.DemandOf("stream").InFlight + gateway.DemandOf("whole").InFlight == 0, () => "still in flight");
        Assert.Equal((expected, expected), (gateway.DemandOf("whole").Tokens, gateway.DemandOf("stream").Tokens));
    }
}
