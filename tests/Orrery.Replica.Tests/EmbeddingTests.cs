using System.Net;
using System.Text.Json.Nodes;
using Orrery.Engine;

namespace Orrery.Replica.Tests;

public sealed class EmbeddingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_text_gets_its_vector_in_the_order_of_the_request()
    {
        var model = new ScriptedEmbeddings();
        await using var replica = await StartAsync(model);

        var answer = await replica.PostForJsonAsync("/v1/embeddings", """{"model":"any","input":["ab","c"]}""");

        Assert.Equal([[1, 'a', 'b'], [1, 'c']], model.Texts);
        Assert.Equal("""[{"index":0,"embedding":[3,1],"object":"embedding"},{"index":1,"embedding":[2,1],"object":"embedding"}]""", answer["data"]!.ToJsonString());
        Assert.Equal("""{"prompt_tokens":5,"total_tokens":5}""", answer["usage"]!.ToJsonString());
        Assert.Equal(("any", "list"), ((string)answer["model"]!, (string)answer["object"]!));
    }

    [Fact]
    public async Task Token_ids_are_taken_as_they_are_and_base64_is_given_where_it_is_asked_for()
    {
        var model = new ScriptedEmbeddings();
        await using var replica = await StartAsync(model);

        var answer = await replica.PostForJsonAsync("/v1/embeddings", """{"input":[[7,8],[9]],"encoding_format":"base64","dimensions":2}""");

        Assert.Equal([[7, 8], [9]], model.Texts);
        byte[] bytes = Convert.FromBase64String((string)answer["data"]![0]!["embedding"]!);
        Assert.Equal((2f, 7f), (BitConverter.ToSingle(bytes), BitConverter.ToSingle(bytes, 4)));
    }

    [Theory]
    [InlineData("""{"input":"a","dimensions":1}""", "dimensions", "'dimensions' is 1; this model gives 2")]
    [InlineData("""{"input":[300]}""", "input", "holds the token id 300")]
    [InlineData("""{"input":[["a"]]}""", "input", "'input' must be")]
    public async Task A_bad_request_is_400_and_reaches_no_model(string body, string param, string message)
    {
        var model = new ScriptedEmbeddings();
        await using var replica = await StartAsync(model);

        using var response = await replica.PostAsync("/v1/embeddings", body);
        var error = await ErrorAsync(response);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(param, (string?)error["param"]);
        Assert.Contains(message, (string)error["message"]!, StringComparison.Ordinal);
        Assert.Empty(model.Texts);
    }

    [Fact]
    public async Task A_text_that_is_too_long_and_a_full_queue_have_their_own_answers()
    {
        var model = new ScriptedEmbeddings();
        await using var replica = await StartAsync(model);

        model.Failure = new ContextLengthException(9, 8);
        using var tooLong = await replica.PostAsync("/v1/embeddings", """{"input":"a"}""");
        model.Failure = new QueueFullException(3);
        using var full = await replica.PostAsync("/v1/embeddings", """{"input":"a"}""");

        Assert.Equal((HttpStatusCode.BadRequest, "context_length_exceeded"), (tooLong.StatusCode, (string)(await ErrorAsync(tooLong))["code"]!));
        Assert.Equal((HttpStatusCode.TooManyRequests, "queue_full"), (full.StatusCode, (string)(await ErrorAsync(full))["code"]!));
        Assert.Equal(TimeSpan.FromSeconds(1), full.Headers.RetryAfter!.Delta);
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData("/v1/completions", """{"prompt":"hi"}""")]
    public async Task It_makes_no_text_and_says_what_it_makes(string path, string body)
    {
        await using var replica = await StartAsync(new ScriptedEmbeddings());

        using var response = await replica.PostAsync(path, body);
        var error = await ErrorAsync(response);

        Assert.Equal((HttpStatusCode.BadRequest, "not_a_text_model"), (response.StatusCode, (string)error["code"]!));
        Assert.Equal("scripted makes embeddings and no text. POST /v1/embeddings asks it.", (string)error["message"]!);
    }

    [Fact]
    public async Task Its_tokenizer_its_name_and_its_health_can_be_asked_for()
    {
        await using var replica = await StartAsync(new ScriptedEmbeddings());

        var tokens = await replica.PostForJsonAsync("/v1/tokenize", """{"prompt":"ab"}""");
        var text = await replica.PostForJsonAsync("/v1/detokenize", """{"tokens":[97]}""");
        using var chat = await replica.PostAsync("/v1/tokenize", """{"messages":[{"role":"user","content":"hi"}]}""");
        var models = JsonNode.Parse(await replica.Client.GetStringAsync("/v1/models", Ct))!;
        using var health = await replica.Client.GetAsync("/health", Ct);
        using var unknown = await replica.Client.GetAsync("/v1/embeddings", Ct);

        Assert.Equal((3, 8), ((int)tokens["count"]!, (int)tokens["max_model_len"]!));
        Assert.Equal("a", (string)text["prompt"]!);
        Assert.Equal("messages", (string?)(await ErrorAsync(chat))["param"]);
        Assert.Equal("scripted", (string)models["data"]![0]!["id"]!);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    private static async Task<ReplicaUnderTest> StartAsync(ScriptedEmbeddings model)
    {
        var replica = await ReplicaUnderTest.StartAsync(model);
        await replica.Host.WarmedUp.WaitAsync(Ct);
        model.Texts.Clear();
        return replica;
    }

    private static async Task<JsonNode> ErrorAsync(HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["error"]!;
}
