using System.Text;
using System.Text.Json.Nodes;
using Orrery.Models.Understanding;

namespace Orrery.Models.Tests.Understanding;

/// <summary>Every value of every config, replaced by what it should not be.</summary>
public sealed class HostileConfigTests
{
    private static readonly string[] Odd =
        ["null", "true", "\"x\"", "\"\"", "0", "-1", "1", "1.5", "1e400", "-1e30", "9223372036854775807", "[]", "[1]", "[-1]", "[[]]", "[null]", "[\"x\"]", "[9223372036854775807]", "{}", "{\"x\": 1}"];

    public static TheoryData<string> Files => [.. Directory.GetFiles(Repository.File("tests", "Data", "configs"), "*.json").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_known_family_is_understood_or_named_in_one_line(string file)
    {
        int refused = 0;
        foreach (string config in Changed(file, modelType: null))
        {
            try
            {
                Check(Of(config));
            }
            catch (InvalidModelFileException e)
            {
                Assert.StartsWith("config.json: ", e.Message, StringComparison.Ordinal);
                Assert.DoesNotContain(e.Message, char.IsControl);
                refused++;
            }
        }
        Assert.NotEqual(0, refused);
    }

    /// <summary>What a value means is not known there, so none is wrong.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void An_unknown_family_is_never_refused(string file)
    {
        var refused = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string config in Changed(file, "nova"))
        {
            try
            {
                Check(Of(config));
            }
            catch (InvalidModelFileException e)
            {
                refused.Add(e.Subject);
            }
        }
        Assert.Empty(refused);
    }

    /// <summary>As long as a config may be, and as many layers: read for each layer again it would take minutes.</summary>
    [Theory]
    [InlineData("moe_layers")]
    [InlineData("mlp_only_layers")]
    [InlineData("cross_attention_layers")]
    public void A_list_is_read_once_whatever_the_number_of_layers(string key)
    {
        string list = string.Join(',', Enumerable.Repeat("2000", 1 << 20));
        byte[] config = Encoding.UTF8.GetBytes($$"""
            {"model_type": "mllama", "hidden_size": 8, "num_hidden_layers": 1024, "num_attention_heads": 1, "vocab_size": 8, "num_local_experts": 4, "num_experts_per_tok": 1, "{{key}}": [{{list}}]}
            """);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Check(ModelSummary.Of(new ModelDocuments("m", config)));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64L * config.Length);
    }

    private static void Check(ModelSummary summary)
    {
        Assert.InRange(summary.Parameters?.Total ?? 0, 0, long.MaxValue);
        Assert.InRange(summary.Parameters?.Active ?? 0, 0, summary.Parameters?.Total ?? 0);
        Assert.InRange(summary.WeightBytes ?? 0, 0, long.MaxValue);
        Assert.InRange(summary.ContextTokens ?? 1, 1, int.MaxValue);
        Assert.InRange(summary.KvCache?.BytesFor(summary.ContextTokens ?? 1) ?? 0, 0, long.MaxValue);
    }

    private static ModelSummary Of(string config) => ModelSummary.Of(new ModelDocuments("m", Encoding.UTF8.GetBytes(config)));

    private static IEnumerable<string> Changed(string file, string? modelType)
    {
        string text = File.ReadAllText(Repository.File("tests", "Data", "configs", file));
        foreach (string[] path in Paths(JsonNode.Parse(text)!.AsObject(), []))
        {
            if (modelType is not null && path[^1] is "model_type" or "architectures" or "quantization_config")
                continue;
            foreach (string odd in Odd)
            {
                var config = JsonNode.Parse(text)!.AsObject();
                JsonObject at = config;
                foreach (string name in path[..^1])
                    at = at[name]!.AsObject();
                if (modelType is not null)
                {
                    config["model_type"] = modelType;
                    config.Remove("quantization_config");
                }
                // What is no number that .NET has is put in as it is written.
                at[path[^1]] = "@@";
                yield return config.ToJsonString().Replace("\"@@\"", odd, StringComparison.Ordinal);
            }
        }
    }

    private static IEnumerable<string[]> Paths(JsonObject node, string[] above)
    {
        foreach (var (name, value) in node)
        {
            yield return [.. above, name];
            foreach (string[] path in value is JsonObject inner ? Paths(inner, [.. above, name]) : [])
                yield return path;
        }
    }
}
