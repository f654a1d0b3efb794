using System.Text.Json.Nodes;
using Orrery.Engine;

namespace Orrery.Replica.Tests;

/// <summary>A model that only ever saw stories, made to write JSON.</summary>
public sealed class StructuredTests
{
    private const string Person = """
        {"type":"object","properties":{"name":{"type":"string","maxLength":20},"age":{"type":"integer","minimum":0,"maximum":130},"pets":{"type":"array","items":{"enum":["cat","dog"]},"maxItems":3}},
        "required":["name","age","pets"],"additionalProperties":false}
        """;

    [Theory]
    [InlineData("/v1/completions", "\"prompt\":\"Once upon a time\"", 0)]
    [InlineData("/v1/completions", "\"prompt\":\"Once upon a time\"", 1)]
    [InlineData("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"Who?\"}]", 1)]
    public async Task A_schema_is_kept_whatever_the_model_would_rather_say(string path, string input, int temperature)
    {
        await using var model = Stories();
        await using var replica = await ReplicaUnderTest.StartAsync(model);

        for (int seed = 0; seed < 5; seed++)
        {
            var choice = (await replica.PostForJsonAsync(
                path, "{" + $$"""{{input}},"temperature":{{temperature}},"seed":{{seed}},"max_tokens":120,"response_format":{"type":"json_schema","json_schema":{"name":"person","schema": {{Person}} } }""" + "}"))["choices"]![0]!;
            var person = JsonNode.Parse((string)(choice["text"] ?? choice["message"]!["content"])!)!.AsObject();

            Assert.Equal("stop", (string)choice["finish_reason"]!);
            Assert.Equal(["age", "name", "pets"], person.Select(member => member.Key).Order(StringComparer.Ordinal));
            Assert.InRange((int)person["age"]!, 0, 130);
            Assert.InRange(((string)person["name"]!).Length, 0, 20);
            Assert.All(person["pets"]!.AsArray(), pet => Assert.Contains((string)pet!, (string[])["cat", "dog"]));
        }
    }

    [Fact]
    public async Task Any_object_parses_and_ends_within_the_tokens_that_it_may_take()
    {
        await using var model = Stories();
        await using var replica = await ReplicaUnderTest.StartAsync(model);

        for (int seed = 0; seed < 10; seed++)
        {
            var answer = await replica.PostForJsonAsync(
                "/v1/completions", $$"""{"prompt":"Once upon a time","max_tokens":40,"response_format":{"type":"json_object"},"seed":{{seed}} }""");
            Assert.NotNull(JsonNode.Parse((string)answer["choices"]![0]!["text"]!)!.AsObject());
        }
    }

    [Fact]
    public async Task A_schema_that_cannot_be_kept_is_refused_with_the_place_and_the_keyword()
    {
        await using var model = Stories();
        await using var replica = await ReplicaUnderTest.StartAsync(model);

        using var answer = await replica.PostAsync(
            "/v1/completions", """{"prompt":"x","response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{"type":"object","properties":{"a":{"not":{}}}}}}}""");
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains("#/properties/a", text, StringComparison.Ordinal);
        Assert.Contains("not", text, StringComparison.Ordinal);
        Assert.Equal("response_format", (string)JsonNode.Parse(text)!["error"]!["param"]!);
    }

    [Fact]
    public async Task Too_few_tokens_for_any_such_text_are_refused_before_one_is_made()
    {
        await using var model = Stories();
        await using var replica = await ReplicaUnderTest.StartAsync(model);

        using var answer = await replica.PostAsync("/v1/completions", """{"prompt":"x","max_tokens":1,"response_format":{"type":"json_object"}}""");

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains("there is room for 1", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static LocalTextModel Stories() => LocalTextModel.Load(Repository.File("tests", "Data", "stories260K", "stories260K-Q8_0.gguf"));
}
