using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Orrery.Gateway.Telemetry;
using Orrery.Gateway.Tests.Fixtures;
using Orrery.Platform.Lines;

namespace Orrery.Gateway.Tests.Telemetry;

public sealed class AccessLogTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_request_is_a_line_and_nothing_of_key_query_or_prompt_is_in_it()
    {
        await using var replica = await ScriptedReplica.StartAsync(async http =>
        {
            await ScriptedReplica.StreamAsync(http, "data: {\"text\":\"sesame answer\"}\n\n");
            await ScriptedReplica.StreamAsync(http, "data: {\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":5,\"total_tokens\":12,\"prompt_tokens_details\":{\"cached_tokens\":4}}}\n\ndata: [DONE]\n\n");
        });
        await using var log = AccessLog.Open(_folder.Path, NullLogger.Instance);
        await using var gateway = await GatewayUnderTest.StartAsync(accessLog: log);
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);
        byte[] ask = """{"model":"m","stream":true,"prompt":"sesame prompt"}"""u8.ToArray();

        string id;
        using (var response = await gateway.AskAsync("/v1/completions?secret=sesame", ask))
        {
            id = response.Headers.GetValues("x-request-id").Single();
            Assert.Contains("sesame answer", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }
        var line = await LineAsync(l => (string?)l["id"] == id);

        Assert.Equal(
            """{"caller":"admin","address":"127.0.0.1","method":"POST","path":"/v1/completions","model":"m","stream":true,"status":200}""",
            Only(line, "caller", "address", "method", "path", "model", "stream", "status"));
        Assert.Equal(
            $$"""{"bytesIn":{{ask.Length}},"promptTokens":7,"completionTokens":5,"cachedTokens":4,"tries":1,"replica":"127.0.0.1:{{replica.Port}}","waited":0}""",
            Only(line, "bytesIn", "promptTokens", "completionTokens", "cachedTokens", "tries", "replica", "waited"));
        Assert.InRange((long)line["bytesOut"]!, 100, 300);
        Assert.InRange((double)line["firstByte"]!, 0, (double)line["duration"]!);
        Assert.Null(line["error"]);
        Assert.InRange((DateTimeOffset)line["time"]!, TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow());
        string all = string.Concat(Lines());
        Assert.DoesNotContain("sesame", all, StringComparison.Ordinal);
        Assert.DoesNotContain(gateway.AdminKey, all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusals_have_their_word_and_health_checks_no_line()
    {
        await using var log = AccessLog.Open(_folder.Path, NullLogger.Instance);
        await using var gateway = await GatewayUnderTest.StartAsync(accessLog: log);
        using var nobody = gateway.NewClient(null);

        await gateway.Client.GetStringAsync("/healthz", Ct);
        using (await nobody.GetAsync("/v1/models", Ct))
        using (await gateway.AskAsync("""{"model":"nope"}"""))
        using (await gateway.Client.GetAsync("/" + new string('p', 1000), Ct))
        {
        }
        await Eventually.TrueAsync(() => Lines().Count >= 3, () => string.Concat(Lines()));

        // A line is written when its request has ended, which may be after the client's next has come.
        var lines = Lines().Select(l => JsonNode.Parse(l)!).OrderBy(l => (DateTimeOffset)l["time"]!).ToList();
        Assert.Equal(
            [
                """{"method":"GET","path":"/v1/models","status":401,"error":"invalid_api_key"}""",
                """{"caller":"admin","method":"POST","path":"/v1/completions","status":404,"error":"model_not_found"}""",
                $$"""{"method":"GET","path":"/{{new string('p', 199)}}","status":404,"error":"unknown_path"}""",
            ],
            lines.Select(l => Only(l, "caller", "method", "path", "model", "status", "error")));
    }

    [Fact]
    public async Task Its_files_are_bounded_and_what_is_queued_is_written_at_the_end()
    {
        var log = AccessLog.Open(_folder.Path, NullLogger.Instance, new LineLimits(MaxFileBytes: 80_000, MaxFiles: 2));
        var line = new AccessLine(
            DateTimeOffset.UnixEpoch, "req", null, null, "GET", "/", null, false, 200, null, 0, 0, null, null, null, 0, null, 0, null, 0, null);
        int added = Enumerable.Range(0, 5000).Count(i => log.TryAdd(line with { Id = $"{i}" }));
        await log.DisposeAsync();

        var files = Directory.GetFiles(_folder.Path, "access.jsonl.*");
        Assert.Equal(5000, added);
        Assert.Equal(2, files.Length);
        Assert.All(files, f => Assert.InRange(new FileInfo(f).Length, 1, 80_000));
        Assert.Equal("4999", (string)JsonNode.Parse(Lines()[^1])!["id"]!);
    }

    [Fact]
    public async Task Lines_that_cannot_be_written_are_counted_and_told_of_once()
    {
        var logs = new RememberedLogs();
        var log = AccessLog.Open(_folder.Path, logs, new LineLimits(MaxFileBytes: 200));
        await using var gateway = await GatewayUnderTest.StartAsync(accessLog: log);
        // The next file cannot be made where something else has its name.
        Directory.CreateDirectory(Path.Combine(_folder.Path, "access.jsonl.1"));

        await Eventually.SeesAsync(
            async () => Counted().IsMatch(await gateway.Client.GetStringAsync("/metrics", Ct)) ? "counted" : null, () => string.Join('\n', logs.Lines));
        await log.DisposeAsync();

        Assert.Single(logs.Lines, l => l.Contains("access log cannot be written", StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static System.Text.RegularExpressions.Regex Counted() => new("access_log_dropped_total [2-9]");

    private static string Only(JsonNode line, params string[] names)
        => new JsonObject(names.Where(n => line[n] is not null).Select(n => KeyValuePair.Create(n, line[n]?.DeepClone()))).ToJsonString();

    private Task<JsonNode> LineAsync(Func<JsonNode, bool> wanted)
        => Eventually.SeesAsync(() => Task.FromResult(Lines().Select(l => JsonNode.Parse(l)!).FirstOrDefault(wanted)), () => string.Concat(Lines()));

    /// <summary>Whole ones, of all files in order.</summary>
    private List<string> Lines() =>
    [
        .. Directory.GetFiles(_folder.Path, "access.jsonl.*").OrderBy(f => int.Parse(Path.GetExtension(f)[1..], System.Globalization.CultureInfo.InvariantCulture)).SelectMany(file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            string text = new StreamReader(stream, Encoding.UTF8).ReadToEnd();
            return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }),
    ];
}
