using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Engine;
using Orrery.Engine.Tests.Constraints;

namespace Orrery.Replica.Tests.Tools;

/// <summary>A model that only ever saw stories, made to call functions of all kinds.</summary>
public sealed class RandomToolTests
{
    private const int Requests = 1000;

    private const string Head = "{%- for t in tools or [] %}{{ t.function.name }} {% endfor -%}{%- for m in messages %}{{ m.content }}{% for c in m.tool_calls or [] %}";
    private const string Tail = "{% endfor %}{% endfor -%}";

    /// <summary>By form: how a template shows a call, and what such a call opens with.</summary>
    private static readonly (string Call, string Opening)[] Forms =
    [
        ("""<tool_call>{"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}}</tool_call>""", "<"),
        ("""{"name": "{{ c.function.name }}", "parameters": {{ c.function.arguments | tojson }}}""", "{"),
        ("""[TOOL_CALLS][{"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}}]""", "["),
        ("""[TOOL_CALLS]{{ c.function.name }}[ARGS]{{ c.function.arguments | tojson }}""", "["),
        ("""<function={{ c.function.name }}>{{ c.function.arguments | tojson }}</function>""", "<"),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_arguments_of_calls_parse_and_are_valid_whatever_the_tools_the_choice_the_form_and_the_model()
    {
        await using var stories = LocalTextModel.Load(Repository.File("tests", "Data", "stories260K", "stories260K-Q8_0.gguf"));
        var seen = new ConcurrentBag<string>();
        for (int form = 0; form < Forms.Length; form++)
        {
            await using var model = new Templated(stories, Head + Forms[form].Call + Tail);
            await using var replica = await ReplicaUnderTest.StartAsync(model);
            int opening = stories.Tokenizer.Encode(Forms[form].Opening, addSpecial: false)[^1];
            var seeds = Enumerable.Range(0, Requests).Where(seed => seed % Forms.Length == form);
            await Parallel.ForEachAsync(seeds, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Ct }, async (seed, _) =>
            {
                foreach (string outcome in await AskAsync(replica, seed, opening))
                    seen.Add(outcome);
            });
        }
        var counts = seen.CountBy(outcome => outcome).ToDictionary();
        string all = string.Join(", ", counts.OrderBy(count => count.Key));

        // Too little room for the shortest call is the only way to get none where one is required.
        Assert.True(counts["call"] > Requests * 3 / 4, all);
        Assert.True(counts["text"] > 20, all);
        Assert.True(counts.GetValueOrDefault("no room") < Requests / 5, all);
    }

    private static async Task<List<string>> AskAsync(ReplicaUnderTest replica, int seed, int opening)
    {
        var random = new Random(seed);
        var schemas = Enumerable.Range(0, 1 + random.Next(3)).Select(i => Parameters((seed * 4) + i)).ToList();
        var named = Function("f0");
        int kind = random.Next(5);
        var body = new JsonObject
        {
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Once upon a time" }),
            ["tools"] = new JsonArray([.. schemas.Select((schema, i) => Function($"f{i}", schema))]),
            ["tool_choice"] = kind switch
            {
                0 => "auto",
                1 => named,
                2 => new JsonObject { ["type"] = "allowed_tools", ["allowed_tools"] = new JsonObject { ["mode"] = "required", ["tools"] = new JsonArray(named) } },
                _ => "required",
            },
            ["parallel_tool_calls"] = random.Next(2) == 0,
            ["temperature"] = random.Next(5) / 2.0,
            ["seed"] = seed,
            ["max_tokens"] = 50 + random.Next(70),
            ["stream"] = seed % 3 == 0,
        };
        if (kind == 0)
            body["logit_bias"] = new JsonObject { [opening.ToString()] = random.Next(12) };
        else if (seed % 2 == 0)
            body["stop"] = new JsonArray("\"", "a", "\n");

        using var response = await replica.PostAsync("/v1/chat/completions", body.ToJsonString());
        if (!response.IsSuccessStatusCode)
        {
            string error = await response.Content.ReadAsStringAsync(Ct);
            Assert.True(error.Contains("there is room for", StringComparison.Ordinal), $"{seed}: {error}");
            return ["no room"];
        }
        var choice = seed % 3 == 0
            ? Joined(await ReplicaUnderTest.EventsAsync(response))
            : JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["choices"]![0]!;
        var calls = choice["message"]!["tool_calls"]?.AsArray() ?? [];
        foreach (var call in calls)
        {
            string name = (string)call!["function"]!["name"]!, arguments = (string)call["function"]!["arguments"]!;
            Assert.True(kind is not (1 or 2) || name == "f0", $"{seed}: {name} was called");
            using var json = JsonDocument.Parse(arguments);
            var schema = schemas[int.Parse(name[1..])];
            Assert.True(new SchemaValidator(JsonSerializer.SerializeToElement(schema)).IsValid(json.RootElement), $"{seed}: {arguments} under {schema.ToJsonString()}");
        }
        Assert.True(kind == 0 || calls.Count > 0, $"{seed}: no call in {choice}");
        Assert.True(kind != 1 || calls.Count == 1, $"{seed}: more than one call in {choice}");
        Assert.Equal(calls.Count > 0, (string?)choice["finish_reason"] == "tool_calls");
        return calls.Count == 0 ? ["text"] : [.. calls.Select(_ => "call")];
    }

    /// <summary>The choice that a stream is made of.</summary>
    private static JsonObject Joined(List<string> events)
    {
        Assert.Equal("[DONE]", events[^1]);
        var calls = new JsonArray();
        string? finish = null;
        foreach (var choice in events[..^1].Select(e => JsonNode.Parse(e)!["choices"]![0]!))
        {
            foreach (var part in choice["delta"]!["tool_calls"]?.AsArray() ?? [])
            {
                int index = (int)part!["index"]!;
                if (index == calls.Count)
                    calls.Add(part.DeepClone());
                else
                    calls[index]!["function"]!["arguments"] = (string?)calls[index]!["function"]!["arguments"] + (string?)part["function"]!["arguments"];
            }
            finish ??= (string?)choice["finish_reason"];
        }
        return new JsonObject { ["message"] = new JsonObject { ["tool_calls"] = calls }, ["finish_reason"] = finish };
    }

    /// <summary>An object that holds what a random schema says.</summary>
    private static JsonObject Parameters(int seed)
    {
        var value = RandomSchema.Of(seed).AsObject();
        var definitions = value["$defs"];
        value.Remove("$defs");
        var schema = new JsonObject { ["properties"] = new JsonObject { ["value"] = value, ["more"] = new JsonObject { ["type"] = "integer" } }, ["required"] = new JsonArray("value") };
        if (seed % 2 == 0)
            schema["type"] = "object";
        if (definitions is not null)
            schema["$defs"] = definitions;
        return schema;
    }

    private static JsonObject Function(string name, JsonObject? parameters = null)
    {
        var function = new JsonObject { ["name"] = name };
        if (parameters is not null)
            function["parameters"] = parameters.DeepClone();
        return new JsonObject { ["type"] = "function", ["function"] = function };
    }
}
