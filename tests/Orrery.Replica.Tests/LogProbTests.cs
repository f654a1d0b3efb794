using System.Text.Json.Nodes;
using Orrery.Engine;

namespace Orrery.Replica.Tests;

/// <summary>Log probabilities as both kinds of answers show them. The text is "é", of two tokens, then "x" and "y".</summary>
public sealed class LogProbTests
{
    private const string Chat = "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"logprobs\":true";

    [Fact]
    public async Task A_chat_answer_has_them_for_each_token_with_its_bytes()
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(Model());

        var answer = await replica.PostForJsonAsync("/v1/chat/completions", $$"""{{{Chat}},"top_logprobs":2}""");

        var content = answer["choices"]![0]!["logprobs"]!["content"]!.AsArray();
        Assert.Equal("éxy", (string)answer["choices"]![0]!["message"]!["content"]!);
        Assert.Equal(
            [
                """{"token":"\\xc3","logprob":-0.5,"bytes":[195],"top_logprobs":[{"token":"\\xc3","logprob":-0.5,"bytes":[195]},{"token":"</s>","logprob":-1.5,"bytes":null}]}""",
                """{"token":"\\xa9","logprob":-0.25,"bytes":[169],"top_logprobs":[]}""",
                """{"token":"x","logprob":-3,"bytes":[120],"top_logprobs":[{"token":"y","logprob":-0.125,"bytes":[121]}]}""",
                """{"token":"y","logprob":-9999,"bytes":[121],"top_logprobs":[]}""",
            ],
            content.Select(token => token!.ToJsonString(Relaxed)));
    }

    [Fact]
    public async Task A_completion_has_them_as_lists_with_offsets_in_characters()
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(Model());

        var answer = await replica.PostForJsonAsync("/v1/completions", """{"prompt":"x","logprobs":2}""");

        Assert.Equal(
            """{"tokens":["bytes:\\xc3","bytes:\\xa9","x","y"],"token_logprobs":[-0.5,-0.25,-3,-9999],"top_logprobs":[{"bytes:\\xc3":-0.5,"</s>":-1.5},{"bytes:\\xa9":-0.25},{"y":-0.125,"x":-3},{"y":-9999}],"text_offset":[0,0,1,2]}""",
            answer["choices"]![0]!["logprobs"]!.ToJsonString(Relaxed));
    }

    [Fact]
    public async Task A_completion_that_asks_for_no_likely_tokens_gets_only_the_chosen_ones()
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(Model());

        var likely = (await replica.PostForJsonAsync("/v1/completions", """{"prompt":"x","logprobs":0}"""))["choices"]![0]!["logprobs"]!;

        Assert.Null(likely["top_logprobs"]);
        Assert.Equal("[-0.5,-0.25,-3,-9999]", likely["token_logprobs"]!.ToJsonString());
    }

    [Theory]
    [InlineData("/v1/chat/completions", Chat)]
    [InlineData("/v1/completions", "\"prompt\":\"x\",\"logprobs\":2")]
    public async Task A_stream_has_together_what_the_whole_answer_has(string path, string fields)
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(Model());

        var whole = (await replica.PostForJsonAsync(path, $$"""{{{fields}},"n":2}"""))["choices"]!.AsArray();
        using var response = await replica.PostAsync(path, $$"""{{{fields}},"n":2,"stream":true}""");
        var chunks = (await ReplicaUnderTest.EventsAsync(response))[..^1].Select(e => JsonNode.Parse(e)!["choices"]![0]!).ToList();

        foreach (var choice in whole)
        {
            var mine = chunks.Where(chunk => (int)chunk["index"]! == (int)choice!["index"]!).Select(chunk => chunk["logprobs"]).OfType<JsonObject>().ToList();
            Assert.Equal(4, mine.Count);
            foreach (var (name, list) in choice!["logprobs"]!.AsObject())
                Assert.Equal(list!.ToJsonString(), $"[{string.Join(',', mine.SelectMany(one => one[name]!.AsArray()).Select(item => item!.ToJsonString()))}]");
        }
    }

    [Fact]
    public async Task They_are_there_only_when_asked_for_and_then_also_when_there_is_no_token()
    {
        var model = Model();
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);
        var without = await replica.PostForJsonAsync("/v1/completions", """{"prompt":"x"}""");
        model.Script = (_, _) => ScriptedModel.Saying("", FinishReason.Stop);
        var chat = await replica.PostForJsonAsync("/v1/chat/completions", $$"""{{{Chat}}}""");
        var completion = await replica.PostForJsonAsync("/v1/completions", """{"prompt":"x","logprobs":1}""");

        Assert.False(without["choices"]![0]!.AsObject().ContainsKey("logprobs"));
        Assert.Equal("""{"content":[]}""", chat["choices"]![0]!["logprobs"]!.ToJsonString());
        Assert.Equal("""{"tokens":[],"token_logprobs":[],"top_logprobs":[],"text_offset":[]}""", completion["choices"]![0]!["logprobs"]!.ToJsonString());
    }

    private static readonly System.Text.Json.JsonSerializerOptions Relaxed
        = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static ScriptedModel Model() => new() { Script = (request, _) => Likely(request) };

    private static async IAsyncEnumerable<TextPiece> Likely(TextRequest request)
    {
        await Task.Yield();
        bool asked = request.TopLogProbs is not null;
        yield return Piece(195, "", -0.5f, new(195, -0.5f), new(2, -1.5f));
        yield return Piece(169, "é", -0.25f);
        yield return Piece('x', "x", -3, new TokenLogProb('y', -0.125f));
        yield return Piece('y', "y", float.NegativeInfinity);
        yield return new TextPiece(null, "", FinishReason.Length);

        TextPiece Piece(int token, string text, float logProb, params TokenLogProb[] top)
            => new(token, text) { LogProb = asked ? logProb : null, Top = asked ? top : null };
    }
}
