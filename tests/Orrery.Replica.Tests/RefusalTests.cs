using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Engine;

namespace Orrery.Replica.Tests;

public sealed class RefusalTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_full_queue_is_429_with_a_time_to_retry(bool stream)
    {
        var model = new ScriptedModel();
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);
        model.Script = (_, _) => ScriptedModel.Failing("", new QueueFullException(3));

        using var response = await replica.PostAsync("/v1/completions", $$"""{"prompt":"x","stream":{{(stream ? "true" : "false")}}}""");

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter!.Delta);
        Assert.Equal("queue_full", await CodeAsync(response));
    }

    [Fact]
    public async Task A_queue_that_is_really_full_refuses_in_OpenAIs_shape_and_is_open_again_afterwards()
    {
        await using var model = LocalTextModel.Load(
            Repository.File("tests", "Data", "stories260K", "stories260K-F32.gguf"), new EngineOptions { MaxSequences = 1, QueueLength = 1 });
        await using var replica = await ReplicaUnderTest.StartAsync(model);
        await replica.Host.WarmedUp.WaitAsync(Ct);
        const string Body = """{"prompt":"Once","max_tokens":400,"temperature":0,"logit_bias":{"2":-100}}""";

        var responses = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => replica.PostAsync("/v1/completions", Body)));
        using var later = await replica.PostAsync("/v1/completions", Body);

        var refused = responses.Where(response => response.StatusCode != HttpStatusCode.OK).ToList();
        Assert.InRange(refused.Count, 1, 11);
        foreach (var response in refused)
        {
            Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(1)), (response.StatusCode, response.Headers.RetryAfter!.Delta!.Value));
            Assert.Equal(
                """{"error":{"message":"The queue holds 1 requests, its bound. Retry later.","type":"rate_limit_error","param":null,"code":"queue_full"}}""",
                await response.Content.ReadAsStringAsync(Ct));
        }
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
        Assert.Equal(refused.Count, model.Statistics.Rejected);
        foreach (var response in responses)
            response.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_prompt_that_the_context_has_no_room_for_is_400(bool stream)
    {
        var model = new ScriptedModel();
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);
        model.Script = (_, _) => ScriptedModel.Failing("", new ContextLengthException(600, 512));

        using var response = await replica.PostAsync("/v1/completions", $$"""{"prompt":"x","stream":{{(stream ? "true" : "false")}}}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("context_length_exceeded", await CodeAsync(response));
    }

    [Theory]
    [InlineData("""{"prompt":[5,256]}""", "invalid_value")]
    [InlineData("""{"prompt":[-1,5]}""", "invalid_value")]
    [InlineData("""{"prompt":"x","n":17}""", "invalid_value")]
    [InlineData("""{"prompt":"x","echo":true,"logprobs":1}""", "unsupported_value")]
    [InlineData("""{"prompt":"x","logit_bias":{"256":1}}""", "invalid_value")]
    [InlineData("""{"prompt":""", "invalid_json")]
    [InlineData("", "invalid_json")]
    public async Task A_bad_request_is_400_and_reaches_no_model(string body, string code)
    {
        var model = new ScriptedModel();
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);

        using var response = await replica.PostAsync("/v1/completions", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(code, await CodeAsync(response));
        Assert.Empty(model.Requests);
    }

    [Fact]
    public async Task Invalid_UTF8_is_400()
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(new ScriptedModel());

        using var response = await replica.PostAsync("/v1/chat/completions", [.. "{\"messages\":[{\"role\":\"user\",\"content\":\""u8, 0xFF, .. "\"}]}"u8]);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/v1/completions")]
    [InlineData("POST", "/v1/models")]
    [InlineData("POST", "/v1/embeddings")]
    [InlineData("DELETE", "/health")]
    [InlineData("GET", "/v1/../../etc/passwd")]
    public async Task What_is_not_there_is_404_in_the_error_shape(string method, string path)
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(new ScriptedModel());

        using var response = await replica.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Ct);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("unknown_path", await CodeAsync(response));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_beyond_the_bound_is_413(bool announced)
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(new ScriptedModel(), new ReplicaOptions { MaxBodyBytes = 4096 });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = new ByteArrayContent(new byte[100_000]) };
        request.Headers.TransferEncodingChunked = !announced;

        using var response = await replica.Client.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("request_too_large", await CodeAsync(response));
    }

    [Fact]
    public async Task A_body_of_exactly_the_bound_is_read()
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(new ScriptedModel(), new ReplicaOptions { MaxBodyBytes = 4096 });
        string body = """{"prompt":"x"}""".PadRight(4096);

        using var response = await replica.PostAsync("/v1/completions", body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Any_content_type_is_read_as_JSON()
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(new ScriptedModel());

        using var response = await replica.Client.PostAsync(
            "/v1/completions", new StringContent("""{"prompt":"x"}""", Encoding.UTF8, "application/x-www-form-urlencoded"), Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<string> CodeAsync(HttpResponseMessage response)
        => (string)JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["error"]!["code"]!;
}
