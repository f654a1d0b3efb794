using System.Net;
using System.Text.Json.Nodes;

namespace Orrery.Replica.Tests;

public sealed class TokenTests
{
    private static int[] Ids(JsonNode answer) => [.. answer["tokens"]!.AsArray().Select(id => (int)id!)];

    [Fact]
    public async Task A_text_is_cut_as_completion_would_cut_it()
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(new ScriptedModel());

        var answer = await replica.PostForJsonAsync("/v1/tokenize", """{"prompt":"ab","return_token_strs":true}""");

        Assert.Equal([1, 'a', 'b'], Ids(answer));
        Assert.Equal(["\u0001", "a", "b"], answer["token_strs"]!.AsArray().Select(name => (string)name!));
        Assert.Equal(3, (int)answer["count"]!);
        Assert.Equal(512, (int)answer["max_model_len"]!);
    }

    [Fact]
    public async Task What_the_model_wants_around_a_prompt_can_be_left_out()
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(new ScriptedModel());

        var answer = await replica.PostForJsonAsync("/v1/tokenize", """{"prompt":"ab","add_special_tokens":false}""");

        Assert.Equal(['a', 'b'], Ids(answer));
        Assert.Null(answer["token_strs"]);
    }

    [Theory]
    [InlineData("", "<hi>A:")]
    [InlineData(""","add_generation_prompt":false""", "<hi>")]
    public async Task A_conversation_goes_through_the_template(string more, string rendered)
    {
        const string Template = "{% for m in messages %}<{{ m.content }}>{% endfor %}{% if add_generation_prompt %}A:{% endif %}";
        var model = new ScriptedModel { Card = new("scripted", "none", 512, Template) };
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);

        var answer = await replica.PostForJsonAsync("/v1/tokenize", $$"""{"messages":[{"role":"user","content":"hi"}]{{more}}}""");

        Assert.Equal([1, .. rendered.Select(c => (int)c)], Ids(answer));
        Assert.Empty(model.Requests);
    }

    [Fact]
    public async Task Ids_become_text_again()
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(new ScriptedModel());

        Assert.Equal("ab", (string?)(await replica.PostForJsonAsync("/v1/detokenize", """{"tokens":[97,98]}"""))["prompt"]);
    }

    [Theory]
    [InlineData("tokenize", "{}", "prompt")]
    [InlineData("tokenize", """{"prompt":"a","messages":[]}""", "prompt")]
    [InlineData("tokenize", """{"prompt":["a"]}""", "prompt")]
    [InlineData("tokenize", """{"messages":[]}""", "messages")]
    [InlineData("tokenize", """{"prompt":"a","add_special_tokens":"no"}""", "add_special_tokens")]
    [InlineData("detokenize", "{}", "tokens")]
    [InlineData("detokenize", """{"tokens":["a"]}""", "tokens")]
    [InlineData("detokenize", """{"tokens":[256]}""", "tokens")]
    [InlineData("detokenize", """{"tokens":[-1]}""", "tokens")]
    public async Task A_bad_request_names_the_field(string path, string body, string field)
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(new ScriptedModel());

        using var response = await replica.PostAsync($"/v1/{path}", body);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!;

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(field, (string?)error["param"]);
    }
}
