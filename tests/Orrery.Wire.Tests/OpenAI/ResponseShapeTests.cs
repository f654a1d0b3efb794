using System.Text;
using System.Text.Json;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Sse;

namespace Orrery.Wire.Tests.OpenAI;

public sealed class ResponseShapeTests
{
    [Fact]
    public void A_completion_looks_as_clients_expect()
        => Assert.Equal(
            """{"id":"cmpl-1","created":5,"model":"m","choices":[{"text":"é\"<","finish_reason":null,"index":0}],"object":"text_completion"}""",
            JsonSerializer.Serialize(new Completion("cmpl-1", 5, "m", [new("é\"<", null)]), WireJson.Wire.Completion));

    [Fact]
    public void A_chat_completion_looks_as_clients_expect()
        => Assert.Equal(
            """{"id":"c","created":5,"model":"m","choices":[{"message":{"role":"assistant","content":"x"},"finish_reason":"stop","index":0}],"usage":{"prompt_tokens":2,"completion_tokens":3,"total_tokens":5},"object":"chat.completion"}""",
            JsonSerializer.Serialize(
                new ChatCompletion("c", 5, "m", [new(new("assistant", "x"), "stop")], new Usage(2, 3)), WireJson.Wire.ChatCompletion));

    [Fact]
    public void A_chat_chunk_leaves_out_what_it_does_not_say()
        => Assert.Equal(
            """{"id":"c","created":5,"model":"m","choices":[{"delta":{"content":"x"},"finish_reason":null,"index":0}],"object":"chat.completion.chunk"}""",
            JsonSerializer.Serialize(new ChatChunk("c", 5, "m", [new(new(Content: "x"), null)]), WireJson.Wire.ChatChunk));

    [Fact]
    public void Log_probabilities_look_as_clients_expect()
    {
        var chat = new ChatLogProbs([new("é", -0.5f, [195, 169], [new("é", -0.5f, [195, 169]), new("</s>", -9999, null)])]);
        var completion = new CompletionLogProbs(["a"], [-0.5f], [new Dictionary<string, float> { ["A b"] = -0.25f, ["a"] = -0.5f }], [3]);

        Assert.Equal(
            """{"message":{"role":"assistant","content":"é"},"finish_reason":"stop","index":2,"logprobs":{"content":[{"token":"é","logprob":-0.5,"bytes":[195,169],"top_logprobs":[{"token":"é","logprob":-0.5,"bytes":[195,169]},{"token":"</s>","logprob":-9999,"bytes":null}]}]}}""",
            JsonSerializer.Serialize(new ChatChoice(new("assistant", "é"), "stop", 2, chat), WireJson.Wire.ChatChoice));
        Assert.Equal(
            """{"text":"a","finish_reason":null,"index":1,"logprobs":{"tokens":["a"],"token_logprobs":[-0.5],"top_logprobs":[{"A b":-0.25,"a":-0.5}],"text_offset":[3]}}""",
            JsonSerializer.Serialize(new CompletionChoice("a", null, 1, completion), WireJson.Wire.CompletionChoice));
    }

    [Fact]
    public void Models_are_a_list()
        => Assert.Equal(
            """{"data":[{"id":"a","created":5,"owned_by":"o","ready":true,"object":"model"},{"id":"b","created":6,"owned_by":"o","object":"model"}],"object":"list"}""",
            JsonSerializer.Serialize(new ModelList([new("a", 5, "o", true), new("b", 6, "o")]), WireJson.Wire.ModelList));

    [Theory]
    [InlineData(400, "invalid_request_error")]
    [InlineData(401, "invalid_request_error")]
    [InlineData(404, "invalid_request_error")]
    [InlineData(413, "invalid_request_error")]
    [InlineData(429, "rate_limit_error")]
    [InlineData(500, "server_error")]
    [InlineData(503, "server_error")]
    public void An_error_has_OpenAIs_four_fields(int status, string type)
        => Assert.Equal(
            $$$"""{"error":{"message":"Wrong: 'é'","type":"{{{type}}}","param":null,"code":"some_code"}}""",
            Encoding.UTF8.GetString(new OpenAIError(status, "some_code", "Wrong: 'é'").ToUtf8()));

    [Fact]
    public async Task The_stream_of_another_server_is_read_whole()
    {
        await using var file = File.OpenRead(Repository.Shared("models", "golden", "stories260K", "llama-server-stories260K-F32.prompt0.v1-stream.sse"));
        var events = new List<SseEvent>();
        await foreach (var e in SseReader.ReadAsync(file, TestContext.Current.CancellationToken))
            events.Add(e);

        var chunks = events[..^1].Select(e => JsonSerializer.Deserialize(e.Data, WireJson.Wire.Completion)!).ToList();
        Assert.Equal("[DONE]", events[^1].Data);
        Assert.StartsWith(", there was a little girl named Lily.", string.Concat(chunks.Select(c => c.Choices[0].Text)), StringComparison.Ordinal);
        Assert.Equal("length", chunks[^1].Choices[0].FinishReason);
        Assert.Equal(new Usage(5, 64), chunks[^1].Usage);
    }

    [Fact]
    public void The_chat_answer_of_another_server_is_read()
    {
        byte[] file = File.ReadAllBytes(Repository.Shared("models", "golden", "stories260K", "llama-server-stories260K-F32.prompt0.v1-chat.json"));

        var answer = JsonSerializer.Deserialize(file, WireJson.Wire.ChatCompletion)!;

        Assert.Equal(new ChatMessage("assistant", "\"Here?\" Asked Jack.\n"), answer.Choices[0].Message);
        Assert.Equal(new Usage(46, 16), answer.Usage);
    }
}
