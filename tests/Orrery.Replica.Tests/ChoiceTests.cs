using System.Net;
using System.Text.Json.Nodes;
using Orrery.Engine;

namespace Orrery.Replica.Tests;

/// <summary>Several texts for one request.</summary>
public sealed class ChoiceTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/completions", "\"prompt\":\"abc\"", "text")]
    [InlineData("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"abc\"}]", "message")]
    public async Task Choices_come_in_order_and_the_prompt_is_counted_once(string path, string input, string field)
    {
        var model = new ScriptedModel();
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);
        model.Script = (request, _) => ScriptedModel.Saying(new string((char)('a' + request.Sampling.Seed! - 10), (int)request.Sampling.Seed! - 8), FinishReason.Stop);

        var answer = await replica.PostForJsonAsync(path, $$"""{{{input}},"n":3,"seed":10}""");

        Assert.Equal(["aa", "bbb", "cccc"], answer["choices"]!.AsArray().Select(choice => (string?)(choice![field] is JsonObject message ? message["content"] : choice[field])));
        Assert.Equal([0, 1, 2], answer["choices"]!.AsArray().Select(choice => (int)choice!["index"]!));
        Assert.Equal("""{"prompt_tokens":4,"completion_tokens":9,"total_tokens":13,"prompt_tokens_details":{"cached_tokens":0}}""", answer["usage"]!.ToJsonString());
    }

    [Fact]
    public async Task Choices_run_at_once()
    {
        var all = new TaskCompletionSource();
        int started = 0;
        var model = new ScriptedModel();
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);
        model.Script = (_, ct) =>
        {
            if (Interlocked.Increment(ref started) == 16)
                all.SetResult();
            return ScriptedModel.Gated("one", all.Task, "two", ct);
        };

        var answer = await replica.PostForJsonAsync("/v1/completions", """{"prompt":"x","n":16}""").WaitAsync(Bound, Ct);

        Assert.Equal(Enumerable.Repeat("onetwo", 16), answer["choices"]!.AsArray().Select(choice => (string)choice!["text"]!));
    }

    [Fact]
    public async Task Streamed_choices_come_as_they_are_made_each_with_its_index()
    {
        var second = new TaskCompletionSource();
        var model = new ScriptedModel();
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);
        model.Script = (request, ct) => ScriptedModel.Gated($"one{request.Sampling.Seed}", request.Sampling.Seed == 1 ? second.Task : Task.CompletedTask, "two", ct);

        using var response = await replica.PostAsync(
            "/v1/chat/completions", """{"messages":[{"role":"user","content":"x"}],"n":2,"seed":1,"stream":true,"stream_options":{"include_usage":true}}""");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        var chunks = new List<string>();
        while (await reader.ReadLineAsync(Ct).AsTask().WaitAsync(Bound, Ct) is { } line && line != "data: [DONE]")
        {
            if (line.Length == 0)
                continue;
            chunks.Add(Show(JsonNode.Parse(line["data: ".Length..])!));
            if (chunks[^1] == "1:two:stop")
                second.SetResult();                                     // only now can the first choice go on
        }

        Assert.Equal(["0:assistant", "1:assistant"], chunks[..2]);
        Assert.Equal(["0:one1:", "0:two:stop", "1:one2:", "1:two:stop"], chunks[2..^1].Order(StringComparer.Ordinal));
        Assert.Equal(["0:two:stop", "usage 2+4"], chunks[^2..]);

        static string Show(JsonNode chunk)
        {
            if (chunk["choices"]!.AsArray() is not [{ } choice])
                return $"usage {chunk["usage"]!["prompt_tokens"]}+{chunk["usage"]!["completion_tokens"]}";
            return choice["delta"]!["role"] is { } role ? $"{choice["index"]}:{role}" : $"{choice["index"]}:{choice["delta"]!["content"]}:{choice["finish_reason"]}";
        }
    }

    [Theory]
    [InlineData("null", null, null)]
    [InlineData("5", 5L, 6L)]
    [InlineData("9223372036854775807", long.MaxValue, long.MinValue)]
    public async Task Seeds_follow_each_other(string seed, long? first, long? second)
    {
        var model = new ScriptedModel();
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);

        await replica.PostForJsonAsync("/v1/completions", $$"""{"prompt":"x","n":2,"seed":{{seed}}}""");

        Assert.Equal([first, second], model.Requests.Select(request => request.Sampling.Seed));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_queue_without_room_for_all_choices_refuses_the_request_and_frees_the_others(bool stream)
    {
        var model = new ScriptedModel();
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);
        model.Script = (request, ct) => request.Sampling.Seed == 1
            ? throw new QueueFullException(1)
            : ScriptedModel.Gated("one", Task.Delay(Timeout.Infinite, ct), "never", ct);

        using var response = await replica.PostAsync("/v1/completions", $$"""{"prompt":"x","n":2,"seed":0,"stream":{{(stream ? "true" : "false")}}}""").WaitAsync(Bound, Ct);

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal(["cancelled", "failed"], await EndsAsync(model, 2));
    }

    [Fact]
    public async Task A_choice_that_fails_in_the_middle_of_a_stream_ends_all_of_it()
    {
        var model = new ScriptedModel();
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);
        var gate = new TaskCompletionSource();
        model.Script = (request, ct) => request.Sampling.Seed == 1
            ? FailingAfter(gate.Task)
            : ScriptedModel.Gated("one", Task.Delay(Timeout.Infinite, ct), "never", ct);

        using var response = await replica.PostAsync("/v1/completions", """{"prompt":"x","n":2,"seed":0,"stream":true}""");
        gate.SetResult();
        var events = await ReplicaUnderTest.EventsAsync(response).WaitAsync(Bound, Ct);

        Assert.Equal("internal_error", (string)JsonNode.Parse(events[^1])!["error"]!["code"]!);
        Assert.Equal(["cancelled", "failed"], await EndsAsync(model, 2));

        static async IAsyncEnumerable<TextPiece> FailingAfter(Task gate)
        {
            await gate;
            yield return new TextPiece(1, "x");
            throw new IOException("the weights are gone");
        }
    }

    [Fact]
    public async Task A_client_that_goes_cancels_every_choice()
    {
        var model = new ScriptedModel();
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);
        var all = new TaskCompletionSource();
        int started = 0;
        model.Script = (_, ct) =>
        {
            if (Interlocked.Increment(ref started) == 3)
                all.SetResult();
            return ScriptedModel.Gated("one", Task.Delay(Timeout.Infinite, ct), "never", ct);
        };

        using var client = new CancellationTokenSource();
        var asking = replica.Client.PostAsync("/v1/completions", new StringContent("""{"prompt":"x","n":3}"""), client.Token);
        await all.Task.WaitAsync(Bound, Ct);
        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Equal(["cancelled", "cancelled", "cancelled"], await EndsAsync(model, 3));
    }

    private static async Task<List<string>> EndsAsync(ScriptedModel model, int count)
    {
        var ends = new List<string>();
        while (ends.Count < count)
            ends.Add(await model.Ended.ReadAsync(Ct).AsTask().WaitAsync(Bound, Ct));
        return [.. ends.Order(StringComparer.Ordinal)];
    }
}
