using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Models.ChatTemplates;

namespace Orrery.Models.Tests.ChatTemplates;

/// <summary>One of reference/conversations.json, for this engine and for the references.</summary>
internal sealed record Conversation(string Name, JsonObject Input)
{
    public static IReadOnlyList<Conversation> All { get; } = [.. Read("conversations.json").AsArray().Select(c => Of(c!.AsObject()))];

    public ChatTemplateResult Render(ChatTemplate template)
    {
        var variables = JsonSerializer.SerializeToElement(Input).EnumerateObject().ToDictionary(v => v.Name, v => v.Value);
        return template.Render(new ChatTemplateInput { Messages = variables["messages"], Variables = variables, Time = new NoonTime() });
    }

    private static Conversation Of(JsonObject json)
    {
        var input = new JsonObject
        {
            ["messages"] = json["messages"]!.DeepClone(),
            ["tools"] = json["tools"] is null ? null : Read("tools.json"),
            ["documents"] = null,
            ["add_generation_prompt"] = json["add_generation_prompt"]!.DeepClone(),
            ["bos_token"] = "<bos>",
            ["eos_token"] = "<eos>",
            ["pad_token"] = "<pad>",
        };
        foreach (var (name, value) in json["variables"]?.AsObject() ?? [])
            input[name] = value!.DeepClone();
        return new Conversation((string)json["name"]!, input);
    }

    private static JsonNode Read(string file)
        => JsonNode.Parse(File.ReadAllText(Repository.File("tests", "Orrery.Models.Tests", "ChatTemplates", "reference", file)))!;
}

/// <summary>Always noon of one day, in UTC wherever the test runs.</summary>
internal sealed class NoonTime : TimeProvider
{
    public const string Now = "2026-01-31T12:00:00Z";

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.Parse(Now, CultureInfo.InvariantCulture);
}
