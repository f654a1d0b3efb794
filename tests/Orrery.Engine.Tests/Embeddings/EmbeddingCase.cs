using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Engine.Tests.Architectures;

namespace Orrery.Engine.Tests.Embeddings;

/// <summary>A reference model with a tokenizer beside it: WordPiece over letters, [CLS] and [SEP] around a text.</summary>
internal static class EmbeddingCase
{
    /// <summary>Every case has so many tokens.</summary>
    private const int Vocabulary = 96;

    public static IEnumerable<string> Names => ReferenceCase.Names.Where(name => ReferenceCase.Named(name).Hidden.Length > 0);

    /// <summary>Writes the model and its tokenizer.</summary>
    public static string Write(string name, TempFolder folder)
    {
        ReferenceCase.Named(name).Write(folder);
        WriteTokenizer(folder);
        return folder.Path;
    }

    public static LocalEmbeddingModel Load(string name, TempFolder folder, EngineOptions? options = null) => LocalEmbeddingModel.Load(Write(name, folder), options);

    /// <summary>Writes what sentence-transformers adds.</summary>
    /// <param name="modules">Kinds of steps behind the transformer.</param>
    /// <param name="pooling">The pooling's settings.</param>
    public static void WriteModules(TempFolder folder, string pooling, params string[] modules)
    {
        string[] all = ["Transformer", .. modules];
        File.WriteAllText(folder.File("modules.json"), JsonSerializer.Serialize(all.Select(
            (kind, i) => new { idx = i, name = $"{i}", path = i == 0 ? "" : $"{i}_{kind}", type = $"sentence_transformers.models.{kind}" })));
        Directory.CreateDirectory(folder.File("1_Pooling"));
        File.WriteAllText(Path.Combine(folder.File("1_Pooling"), "config.json"), pooling);
    }

    /// <summary>Changes one value of <c>config.json</c>.</summary>
    public static void Set(TempFolder folder, string key, string json)
    {
        var config = JsonNode.Parse(File.ReadAllText(folder.File("config.json")))!.AsObject();
        config[key] = JsonNode.Parse(json);
        File.WriteAllText(folder.File("config.json"), config.ToJsonString());
    }

    /// <summary>Gives tensors other names; their weights stay.</summary>
    public static void RenameTensors(TempFolder folder, Func<string, string> rename)
    {
        byte[] file = File.ReadAllBytes(folder.File("model.safetensors"));
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        var header = JsonNode.Parse(file.AsSpan(8, length))!.AsObject();
        var renamed = new JsonObject(header.Select(tensor => KeyValuePair.Create(rename(tensor.Key), tensor.Value?.DeepClone())));
        byte[] text = Encoding.UTF8.GetBytes(renamed.ToJsonString()), size = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(size, text.Length);
        File.WriteAllBytes(folder.File("model.safetensors"), [.. size, .. text, .. file.AsSpan(8 + length)]);
    }

    private static void WriteTokenizer(TempFolder folder)
    {
        var vocabulary = new Dictionary<string, int> { ["[PAD]"] = 0, ["[UNK]"] = 1, ["[CLS]"] = 2, ["[SEP]"] = 3 };
        for (char letter = 'a'; letter <= 'z'; letter++)
        {
            vocabulary[$"{letter}"] = vocabulary.Count;
            vocabulary[$"##{letter}"] = vocabulary.Count;
        }
        while (vocabulary.Count < Vocabulary)
            vocabulary[$"[unused{vocabulary.Count}]"] = vocabulary.Count;
        File.WriteAllText(folder.File("tokenizer.json"), JsonSerializer.Serialize(new
        {
            added_tokens = new[] { "[PAD]", "[UNK]", "[CLS]", "[SEP]" }.Select((content, id) => new { id, content, special = true, normalized = false, single_word = false, lstrip = false, rstrip = false }),
            normalizer = new { type = "BertNormalizer", clean_text = true, handle_chinese_chars = true, strip_accents = (bool?)null, lowercase = true },
            pre_tokenizer = new { type = "BertPreTokenizer" },
            post_processor = new { type = "BertProcessing", sep = new object[] { "[SEP]", 3 }, cls = new object[] { "[CLS]", 2 } },
            decoder = new { type = "WordPiece", prefix = "##", cleanup = true },
            model = new { type = "WordPiece", unk_token = "[UNK]", continuing_subword_prefix = "##", max_input_chars_per_word = 100, vocab = vocabulary },
        }));
    }
}
