using Orrery.Models.Gguf;
using Orrery.Models.Json;
using Orrery.Models.Tokenizers.Added;
using Orrery.Models.Tokenizers.HuggingFace;

namespace Orrery.Models.Tokenizers.Ggml;

/// <summary>
/// A <c>tokenizer.json</c> as keys of a GGUF file. GGUF tells tokenizers by family and leaves the rest to the reader, so every family that could be
/// meant is tried until one does on a sample what the original does; where none does, the tokenizer has no form there.
/// </summary>
public static class GgufTokenizerExport
{
    /// <summary>Cut differently by every family: contractions, numbers, runs of spaces and signs, line ends, several scripts.</summary>
    internal const string Sample =
        "Hello, World! It's 3 o'clock; WE'LL pay $1234567.89 (or 12%) at http://a.b/c?d=e_f.\n\n  if (x == 10) {\r\n\treturn \"don't\";   }\n"
        + " Größe café naïve ÀÉ — Привет мир, γειά σου 2024年12月 日本語のテキスト 안녕하세요 العربية हिन्दी ไทย 🙂🚀 ... !!! ??\n\n\n   end  camelCaseWord XMLHttp 100000 ½ ²  ";

    /// <summary>Families by the name that llama.cpp's converter gives them, the usual ones first.</summary>
    private static readonly string[] Families = ["llama-bpe", "qwen2", "gpt-2", "gpt-4o", "tekken", "deepseek-v3", "starcoder", "dbrx", "falcon", "bloom", "default"];

    /// <param name="folder">Of a model as Hugging Face lays it out.</param>
    /// <param name="vocabulary">The model's, which may be larger than the tokenizer's.</param>
    /// <exception cref="InvalidModelFileException">It has no form in GGUF, or is damaged.</exception>
    public static IReadOnlyList<KeyValuePair<string, object>> Describe(string folder, int vocabulary)
    {
        ArgumentNullException.ThrowIfNull(folder);
        string path = Path.Combine(folder, "tokenizer.json");
        var json = JsonFile.Read(path);
        var original = TokenizerJson.Read(folder, vocabulary);
        var model = json.Get("model");
        if (model.Find("merges") is not { } merges)
            throw NoForm(path, "is no BPE, which alone is converted");

        bool isByteLevel = json.Find("decoder")?.TextOf("type") == "ByteLevel";
        var common = Common(original, AddedTokensJson.Read(json), model.TextOf("unk_token"), isByteLevel);
        foreach (var candidate in isByteLevel ? ByteLevels(MergesOf(merges)) : SentencePieces(original, MergesOf(merges)))
        {
            IReadOnlyList<KeyValuePair<string, object>> keys = [.. common, .. candidate];
            var metadata = new GgufMetadata(path, keys.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal));
            if (Agree(original, Tokenizer.FromGguf(metadata)))
                return keys;
        }
        throw NoForm(path, "cuts text as no family of tokenizers does that GGUF knows");
    }

    private static List<KeyValuePair<string, object>> Common(Tokenizer original, IReadOnlyList<AddedToken> added, string? unknown, bool isByteLevel)
    {
        var kinds = added.ToDictionary(token => token.Id, token => token.Special ? TokenKind.Control : TokenKind.UserDefined);
        string[] tokens = new string[original.VocabularySize];
        int[] types = new int[tokens.Length];
        for (int id = 0; id < tokens.Length; id++)
        {
            string name = original.NameOf(id);
            tokens[id] = name.Length > 0 ? name : $"[PAD{id}]";
            types[id] = (int)(name.Length == 0 ? TokenKind.Unused
                : name == unknown && !isByteLevel ? TokenKind.Unknown
                : kinds.TryGetValue(id, out var kind) ? kind
                : !isByteLevel && Subwords.Vocabulary.ByteOf(name) is not null ? TokenKind.Byte
                : TokenKind.Normal);
        }

        var around = original.Encode("", addSpecial: true);
        int? begin = original.BeginOfSequence;
        int[] ends = [.. original.EndOfText.Order()];
        int? last = around.Count > 0 && around[^1] != begin ? around[^1] : ends.Length > 0 ? ends[0] : null;
        var keys = new List<KeyValuePair<string, object>>
        {
            new(GgufKeys.Tokens, tokens),
            new(GgufKeys.TokenTypes, types),
            new(GgufKeys.AddBegin, around.Count > 0 && around[0] == begin),
            new(GgufKeys.AddEnd, around.Count > 0 && around[^1] == last),
        };
        void AddId(string key, int? id)
        {
            if (id is { } known)
                keys.Add(new(key, (uint)known));
        }

        int?[] others = [.. ends.Where(id => id != last).Select(id => (int?)id)];
        AddId(GgufKeys.BeginOfSequence, begin);
        AddId(GgufKeys.EndOfSequence, last);
        AddId(GgufKeys.EndOfTurn, others.ElementAtOrDefault(0));
        AddId(GgufKeys.EndOfMessage, others.ElementAtOrDefault(1));
        if (unknown is not null && Array.IndexOf(tokens, unknown) is >= 0 and var at)
            AddId(GgufKeys.Unknown, at);
        return keys;
    }

    private static IEnumerable<KeyValuePair<string, object>[]> ByteLevels(List<(string Left, string Right)> merges)
    {
        string[] lines = [.. merges.Select(merge => $"{merge.Left} {merge.Right}")];
        foreach (string family in Families)
            yield return [new(GgufKeys.Model, "gpt2"), new(GgufKeys.Pre, family), new(GgufKeys.Merges, lines)];
    }

    /// <summary>Merges become scores: what is joined first has the highest.</summary>
    private static IEnumerable<KeyValuePair<string, object>[]> SentencePieces(Tokenizer original, List<(string Left, string Right)> merges)
    {
        var ranks = new Dictionary<string, int>(merges.Count, StringComparer.Ordinal);
        for (int rank = 0; rank < merges.Count; rank++)
            ranks.TryAdd(merges[rank].Left + merges[rank].Right, rank);
        float[] scores = [.. Enumerable.Range(0, original.VocabularySize).Select(id => -(float)ranks.GetValueOrDefault(original.NameOf(id), merges.Count))];
        foreach (bool prefix in (bool[])[true, false])
            yield return [new(GgufKeys.Model, "llama"), new(GgufKeys.Scores, scores), new(GgufKeys.AddSpacePrefix, prefix)];
    }

    private static List<(string Left, string Right)> MergesOf(JsonPart merges)
    {
        var pairs = new List<(string, string)>(merges.Count());
        foreach (var item in merges.Items())
            pairs.Add(ModelJson.PairOf(item));
        return pairs;
    }

    private static bool Agree(Tokenizer original, Tokenizer other)
    {
        foreach (string text in (string[])[Sample, "", "a", " a", "  a b", "\n", Sample.ToUpperInvariant()])
        {
            if (!original.Encode(text, addSpecial: true).SequenceEqual(other.Encode(text, addSpecial: true)))
                return false;
        }
        for (int id = 0; id < original.VocabularySize; id++)
        {
            if (original.NameOf(id).Length > 0 && !original.BytesOf(id).SequenceEqual(other.BytesOf(id)))
                return false;
        }
        return original.EndOfText.SetEquals(other.EndOfText);
    }

    private static InvalidModelFileException NoForm(string path, string why)
        => new(path, "the tokenizer", $"{why}, so it has no form in GGUF", "Keep the folder, and quantize when it is loaded.");
}
