using System.Net;
using System.Text.Json.Nodes;
using Orrery.Engine;

namespace Orrery.Replica.Tests;

public sealed class AnswerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_completion_comes_whole_with_usage_and_the_callers_model_name()
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(new ScriptedModel());

        var answer = await replica.PostForJsonAsync("/v1/completions", """{"model":"whatever/name","prompt":"abc"}""");

        Assert.StartsWith("cmpl-", (string)answer["id"]!, StringComparison.Ordinal);
        Assert.Equal("whatever/name", (string)answer["model"]!);
        Assert.Equal("text_completion", (string)answer["object"]!);
        Assert.Equal("""[{"text":"Hi!","finish_reason":"length","index":0}]""", answer["choices"]!.ToJsonString());
        Assert.Equal("""{"prompt_tokens":4,"completion_tokens":3,"total_tokens":7,"prompt_tokens_details":{"cached_tokens":0}}""", answer["usage"]!.ToJsonString());
    }

    [Theory]
    [InlineData("\"abc\"")]
    [InlineData("[97,98,99]")]
    public async Task A_completion_begins_with_the_prompt_when_asked_to_whole_and_streamed(string prompt)
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(new ScriptedModel());

        var whole = await replica.PostForJsonAsync("/v1/completions", $$"""{"prompt":{{prompt}},"echo":true,"n":2}""");
        using var response = await replica.PostAsync("/v1/completions", $$"""{"prompt":{{prompt}},"echo":true,"n":2,"stream":true}""");
        var chunks = (await ReplicaUnderTest.EventsAsync(response))[..^1].Select(e => JsonNode.Parse(e)!["choices"]![0]!).ToList();

        Assert.Equal(["abcHi!", "abcHi!"], whole["choices"]!.AsArray().Select(choice => (string)choice!["text"]!));
        foreach (int choice in (int[])[0, 1])
            Assert.Equal("abcHi!", string.Concat(chunks.Where(chunk => (int)chunk["index"]! == choice).Select(chunk => (string)chunk["text"]!)));
    }

    [Fact]
    public async Task A_chat_completion_continues_the_contents_of_the_messages()
    {
        var model = new ScriptedModel { Script = (_, _) => ScriptedModel.Saying("ok", FinishReason.Stop) };
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);

        var answer = await replica.PostForJsonAsync(
            "/v1/chat/completions", """{"model":"m","messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Hello"}]}""");

        Assert.StartsWith("chatcmpl-", (string)answer["id"]!, StringComparison.Ordinal);
        Assert.Equal("""[{"message":{"role":"assistant","content":"ok"},"finish_reason":"stop","index":0}]""", answer["choices"]!.ToJsonString());
        Assert.Equal("\u0001Be kind.\nHello", model.Tokenizer.Decode(model.Requests.Single().Prompt));
    }

    [Fact]
    public async Task A_streamed_completion_ends_with_its_reason_usage_and_DONE()
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(new ScriptedModel());

        using var response = await replica.PostAsync("/v1/completions", """{"model":"m","prompt":"abc","stream":true,"stream_options":{"include_usage":true}}""");
        var events = await ReplicaUnderTest.EventsAsync(response);

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("[DONE]", events[^1]);
        var chunks = events[..^1].Select(e => JsonNode.Parse(e)!).ToList();
        Assert.Equal("H:, i:, !:, :length, usage 7", string.Join(", ", chunks.Select(Show)));
        Assert.Single(chunks.Select(c => (string)c["id"]!).Distinct());

        static string Show(JsonNode chunk) => chunk["choices"]!.AsArray() is [{ } choice]
            ? $"{choice["text"]}:{choice["finish_reason"]}"
            : $"usage {chunk["usage"]!["total_tokens"]}";
    }

    [Fact]
    public async Task A_streamed_chat_begins_with_the_role_and_has_no_usage_unless_asked()
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(new ScriptedModel());

        using var response = await replica.PostAsync("/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"x"}],"stream":true}""");
        var events = await ReplicaUnderTest.EventsAsync(response);

        var choices = events[..^1].Select(e => JsonNode.Parse(e)!["choices"]![0]!.ToJsonString()).ToList();
        Assert.Equal(
            [
                """{"delta":{"role":"assistant","content":""},"finish_reason":null,"index":0}""",
                """{"delta":{"content":"H"},"finish_reason":null,"index":0}""",
                """{"delta":{"content":"i"},"finish_reason":null,"index":0}""",
                """{"delta":{"content":"!"},"finish_reason":null,"index":0}""",
                """{"delta":{},"finish_reason":"length","index":0}""",
            ],
            choices);
        Assert.DoesNotContain(events, e => e.Contains("usage", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_piece_of_a_stream_arrives_before_the_next_is_made()
    {
        var gate = new TaskCompletionSource();
        var model = new ScriptedModel();
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);
        model.Script = (_, ct) => ScriptedModel.Gated("one", gate.Task, "two", ct);

        using var response = await replica.PostAsync("/v1/completions", """{"prompt":"x","stream":true}""");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        string? first = await reader.ReadLineAsync(Ct);
        gate.SetResult();
        string rest = await reader.ReadToEndAsync(Ct);

        Assert.Contains("\"text\":\"one\"", first, StringComparison.Ordinal);
        Assert.Contains("\"text\":\"two\",\"finish_reason\":\"stop\"", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_reach_the_model()
    {
        var model = new ScriptedModel();
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);

        await replica.PostForJsonAsync(
            "/v1/completions", """
            {"prompt":[5,6],"max_tokens":9,"stop":["a","b"],"temperature":0,"top_p":0.5,"top_k":3,"seed":11,
             "min_p":0.25,"presence_penalty":1,"frequency_penalty":-1,"repetition_penalty":1.5,"logit_bias":{"7":-5},"logprobs":4}
            """);

        var request = model.Requests.Single();
        Assert.Equal([5, 6], request.Prompt);
        Assert.Equal(9, request.MaxTokens);
        Assert.Equal(["a", "b"], request.Stop);
        Assert.Equal(4, request.TopLogProbs);
        Assert.Equal([new KeyValuePair<int, float>(7, -5)], request.Sampling.LogitBias);
        Assert.Equal(
            new SamplingOptions
            {
                Temperature = 0, TopP = 0.5f, TopK = 3, Seed = 11, MinP = 0.25f, PresencePenalty = 1, FrequencyPenalty = -1, RepetitionPenalty = 1.5f,
                LogitBias = request.Sampling.LogitBias,
            },
            request.Sampling);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_goes_cancels_the_generation(bool stream)
    {
        var model = new ScriptedModel();
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);
        var started = new TaskCompletionSource();
        model.Script = (_, ct) =>
        {
            started.SetResult();
            return ScriptedModel.Gated("one", Task.Delay(Timeout.Infinite, ct), "never", ct);
        };

        using var client = new CancellationTokenSource();
        var asking = replica.Client.PostAsync(
            "/v1/completions", new StringContent($$"""{"prompt":"x","stream":{{(stream ? "true" : "false")}}}"""), client.Token);
        await started.Task.WaitAsync(Ct);
        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Equal("cancelled", await model.Ended.ReadAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Ct));
    }

    [Fact]
    public async Task A_model_that_fails_in_the_middle_of_a_stream_ends_it_with_an_error_event()
    {
        var model = new ScriptedModel();
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);
        model.Script = (_, _) => ScriptedModel.Failing("one", new IOException("the weights are gone"));

        using var response = await replica.PostAsync("/v1/completions", """{"prompt":"x","stream":true}""");
        var events = await ReplicaUnderTest.EventsAsync(response);

        Assert.Equal(2, events.Count);
        Assert.Equal("internal_error", (string)JsonNode.Parse(events[1])!["error"]!["code"]!);
    }

    [Fact]
    public async Task A_model_that_fails_gives_500_without_inner_details()
    {
        var model = new ScriptedModel();
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);
        model.Script = (_, _) => ScriptedModel.Failing("one", new IOException("the weights are gone"));

        using var response = await replica.PostAsync("/v1/completions", """{"prompt":"x"}""");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.DoesNotContain("weights", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }
}
