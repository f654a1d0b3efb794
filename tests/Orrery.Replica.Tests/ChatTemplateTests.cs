using System.Net;
using System.Text.Json.Nodes;
using Orrery.Engine;

namespace Orrery.Replica.Tests;

public sealed class ChatTemplateTests
{
    private const string Conversation = """{"messages":[{"role":"user","content":"Größe?"},{"role":"assistant","content":"Nein"}]}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_conversation_is_written_as_the_models_template_says()
    {
        var model = With("{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}");
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);

        using var response = await replica.PostAsync("/v1/chat/completions", Conversation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("\u0001<user>Größe?<assistant>Nein<assistant>", model.Tokenizer.Decode(model.Requests.Single().Prompt));
    }

    [Fact]
    public async Task The_begin_of_sequence_is_there_once_whether_the_template_writes_it_or_not()
    {
        var model = With("{{ bos_token }}{{ messages[0].content }}");
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);

        using var response = await replica.PostAsync("/v1/chat/completions", """{"messages":[{"role":"user","content":"x"}]}""");

        Assert.Equal([1, 'x'], model.Requests.Single().Prompt);
    }

    [Theory]
    [InlineData("a refusal is the client's to mend", "{{ raise_exception('No ' + messages[0].role) }}", 400, "chat_template_refused", "No user")]
    [InlineData("so is what the template cannot take", "\n{{ messages[5].role }}", 400, "chat_template_failed", "line 2")]
    [InlineData("a template that does not end", "{% for m in messages %}", 500, "invalid_chat_template", "line 1, column 4")]
    [InlineData("a template without an end", "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", 400, "chat_template_failed", "the bound")]
    public async Task What_the_template_does_not_take_is_an_error_that_says_so(string because, string template, int status, string code, string message)
    {
        var model = With(template);
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);

        using var response = await replica.PostAsync("/v1/chat/completions", Conversation);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["error"]!;

        Assert.True((status, code) == ((int)response.StatusCode, (string)error["code"]!), $"{because}: {error}");
        Assert.Contains(message, (string)error["message"]!, StringComparison.Ordinal);
        Assert.Empty(model.Requests);
    }

    [Fact]
    public async Task Completions_need_no_template()
    {
        await using var replica = await ReplicaUnderTest.StartWarmAsync(With("{% for"));

        using var response = await replica.PostAsync("/v1/completions", """{"prompt":"x"}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static ScriptedModel With(string template) => new() { Card = new TextModelCard("scripted", "none", 512, template) };
}
