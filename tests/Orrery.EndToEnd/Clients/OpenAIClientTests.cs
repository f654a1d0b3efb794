using System.ClientModel;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Chat;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd.Clients;

/// <summary>The official client, and plain HTTP, against a real home.</summary>
public sealed class OpenAIClientTests(SharedUp shared)
{
    private readonly UpProcess _up = shared.Up;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private OpenAIClient Official(string? key = null)
        => new(new ApiKeyCredential(key ?? _up.Key), new OpenAIClientOptions { Endpoint = new Uri(_up.Gateway + "/v1") });

    [Fact]
    public async Task The_official_client_lists_models()
        => Assert.Contains((await Official().GetOpenAIModelClient().GetModelsAsync(Ct)).Value, m => m.Id == "stories");

    [Fact]
    public async Task The_official_client_chats_and_streams_the_same_text()
    {
        var chat = Official().GetChatClient("stories");
        ChatMessage[] messages = [new UserChatMessage("Once upon a time")];
        var options = new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 32 };

        var whole = (await chat.CompleteChatAsync(messages, options, Ct)).Value;
        var streamed = new StringBuilder();
        ChatFinishReason? finish = null;
        await foreach (var update in chat.CompleteChatStreamingAsync(messages, options, Ct))
        {
            foreach (var part in update.ContentUpdate)
                streamed.Append(part.Text);
            finish = update.FinishReason ?? finish;
        }

        Assert.NotEmpty(whole.Content[0].Text);
        Assert.Equal(whole.Content[0].Text, streamed.ToString());
        Assert.Equal(ChatFinishReason.Length, whole.FinishReason);
        Assert.Equal(ChatFinishReason.Length, finish);
        Assert.Equal(32, whole.Usage.OutputTokenCount);
    }

    [Theory]
    [InlineData("wrong", "stories", 401)]
    [InlineData(null, "absent", 404)]
    public async Task The_official_client_sees_errors_with_their_status(string? key, string model, int status)
    {
        var error = await Assert.ThrowsAsync<ClientResultException>(
            () => Official(key).GetChatClient(model).CompleteChatAsync([new UserChatMessage("hello")], cancellationToken: Ct));

        Assert.Equal(status, error.Status);
    }

    [Fact]
    public async Task Completions_stream_token_by_token_what_they_answer_whole()
    {
        using var http = _up.Client();
        async Task<string> PostAsync(bool stream)
        {
            var body = new StringContent($$"""{"model":"stories","prompt":"Once upon a time","max_tokens":64,"temperature":0,"stream":{{(stream ? "true" : "false")}}}""");
            using var response = await http.PostAsync("/v1/completions", body, Ct);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return await response.Content.ReadAsStringAsync(Ct);
        }

        string whole = JsonNode.Parse(await PostAsync(stream: false))!["choices"]![0]!["text"]!.ToString();
        string[] events = [.. (await PostAsync(stream: true)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(e => e["data: ".Length..])];
        string streamed = string.Concat(events[..^1].Select(e => JsonNode.Parse(e)!["choices"]?[0]?["text"]?.ToString()));

        Assert.Equal(
            ", there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball. She wanted to play with it, but it was too high.\nLily's mom said",
            whole);
        Assert.Equal(whole, streamed);
        Assert.Equal("[DONE]", events[^1]);
        Assert.True(events.Length > 32, $"{events.Length} events");
    }

    [Theory]
    [InlineData("no JSON",          "{",                                        400)]
    [InlineData("no model",         """{"prompt":"a"}""",                        400)]
    [InlineData("unknown model",    """{"model":"../secret","prompt":"a"}""",    404)]
    [InlineData("invalid UTF-8",    "{\"model\":\"stories\",\"prompt\":\"\u00ff\"}", 400)]
    [InlineData("a wrong type",     """{"model":"stories","prompt":"a","max_tokens":"many"}""", 400)]
    [InlineData("a prompt too long", "LONG",                                     400)]
    public async Task Bad_requests_get_an_error_in_the_right_shape(string because, string body, int status)
    {
        using var http = _up.Client();
        string text = body == "LONG" ? $$"""{"model":"stories","prompt":"{{string.Concat(Enumerable.Repeat("Once upon a time. ", 400))}}"}""" : body;
        using var response = await http.PostAsync("/v1/completions", new ByteArrayContent(Encoding.Latin1.GetBytes(text)), Ct);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["error"]!;

        Assert.True((int)response.StatusCode == status, $"{because}: {(int)response.StatusCode} {error.ToJsonString()}");
        Assert.NotEmpty(error["message"]!.ToString());
        Assert.NotEmpty(error["type"]!.ToString());
    }

    [Fact]
    public async Task An_unknown_path_and_a_missing_key_are_refused_in_the_right_shape()
    {
        using var http = _up.Client();
        using var unknown = await http.GetAsync("/v1/nonsense", Ct);
        using var anonymous = new HttpClient { BaseAddress = new Uri(_up.Gateway) };
        using var keyless = await anonymous.GetAsync("/v1/models", Ct);

        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, keyless.StatusCode);
        foreach (var response in new[] { unknown, keyless })
            Assert.NotNull(JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["error"]!["message"]);
    }

    [Fact]
    public async Task A_body_of_100_MB_is_refused_and_the_next_request_works()
    {
        using var http = _up.Client();
        HttpStatusCode? status = null;
        try
        {
            using var response = await http.PostAsync("/v1/completions", new ByteArrayContent(new byte[100 * 1024 * 1024]), Ct);
            status = response.StatusCode;
        }
        catch (HttpRequestException)
        {
            // The server may close while the client still sends: refused all the same.
        }
        using var next = await http.GetAsync("/v1/models", Ct);

        Assert.True(status is null or HttpStatusCode.RequestEntityTooLarge, $"{status}");
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }
}
