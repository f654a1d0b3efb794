using System.Text.Json;

namespace Orrery.Engine.Tests.Conversion;

/// <summary>A byte-level tokenizer of 96 tokens, for models that have none.</summary>
internal static class TinyTokenizer
{
    public static void Write(TempFolder folder)
    {
        string[] tokens = ["<|end|>", .. Enumerable.Range('!', 92).Select(letter => ((char)letter).ToString()), "Ġ", "th", "Ġa"];
        File.WriteAllText(folder.File("tokenizer.json"), JsonSerializer.Serialize(new
        {
            added_tokens = new[] { new { id = 0, content = "<|end|>", special = true } },
            pre_tokenizer = new { type = "ByteLevel", add_prefix_space = false, use_regex = true },
            decoder = new { type = "ByteLevel" },
            model = new { type = "BPE", vocab = tokens.Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id), merges = new[] { "t h", "Ġ a" } },
        }));
    }
}
