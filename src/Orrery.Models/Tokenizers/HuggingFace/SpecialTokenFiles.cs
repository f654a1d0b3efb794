using Orrery.Models.Json;
using Orrery.Models.Tokenizers.Subwords;

namespace Orrery.Models.Tokenizers.HuggingFace;

/// <summary>What the files beside a tokenizer say of the tokens that begin and end a text. Each of them may be absent.</summary>
internal sealed record SpecialTokenFiles(JsonPart? TokenizerConfig, JsonPart? Config, JsonPart? Generation)
{
    public static SpecialTokenFiles None { get; } = new(null, null, null);

    public static SpecialTokenFiles Read(string folder) => new(
        JsonFile.TryRead(Path.Combine(folder, "tokenizer_config.json")),
        JsonFile.TryRead(Path.Combine(folder, "config.json")),
        JsonFile.TryRead(Path.Combine(folder, "generation_config.json")));

    public int? Begin(Vocabulary vocabulary) => Named("bos_token", vocabulary) ?? Numbered(Config, "bos_token_id", vocabulary).Select(id => (int?)id).FirstOrDefault();

    /// <summary>Chat models end a turn with another token than a text; all of them count.</summary>
    public IReadOnlySet<int> Ends(Vocabulary vocabulary, IEnumerable<int> control)
    {
        var ends = new HashSet<int>(EndNames.Among(vocabulary, control));
        ends.UnionWith(Numbered(Generation, "eos_token_id", vocabulary));
        ends.UnionWith(Numbered(Config, "eos_token_id", vocabulary));
        if (Named("eos_token", vocabulary) is { } named)
            ends.Add(named);
        return ends;
    }

    /// <summary>Written as the token's text, or as an object that holds it.</summary>
    private int? Named(string key, Vocabulary vocabulary)
    {
        if (TokenizerConfig?.Find(key) is not { } value)
            return null;
        string text = value.Kind == System.Text.Json.JsonValueKind.Object ? value.Get("content").Text() : value.Text();
        return vocabulary.Find(text);
    }

    /// <summary>One id or a list.</summary>
    private static List<int> Numbered(JsonPart? file, string key, Vocabulary vocabulary)
    {
        if (file?.Find(key) is not { } value)
            return [];
        var parts = value.Kind == System.Text.Json.JsonValueKind.Array ? value.Items() : [value];
        return [.. parts.Select(part => (int)part.WholeNumber(0, TokenizerJson.MaxTokens)).Where(id => id < vocabulary.Count)];
    }
}
