using Orrery.Models.Tokenizers.PreTokenizers;

namespace Orrery.Models.Tokenizers.Ggml;

/// <summary>How a family of byte-level tokenizers cuts text. GGUF files hold only the family's name; the patterns are those of its makers' tokenizer.json.</summary>
/// <param name="Patterns">Applied one after the other, each to what the one before left.</param>
/// <param name="TakesWholePieces">A piece that is a token is taken as it is.</param>
/// <param name="AddsBegin">Puts begin-of-sequence in front where the file does not say.</param>
internal sealed record SplitRules(IReadOnlyList<string> Patterns, bool TakesWholePieces = false, bool AddsBegin = false)
{
    private const string Rest = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Words = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|";
    private const string Upper = @"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", Lower = @"[\p{Ll}\p{Lm}\p{Lo}\p{M}]";
    private const string Endings = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";

    private static readonly SplitRules Gpt2 = new([ByteLevel.Gpt2]);
    private static readonly SplitRules SingleDigits = new([@"\p{N}", ByteLevel.Gpt2]);
    private static readonly SplitRules Llama3 = new([Words + @"\p{N}{1,3}" + Rest], TakesWholePieces: true, AddsBegin: true);
    private static readonly SplitRules Triples = new([Words + @"\p{N}{1,3}" + Rest]);
    private static readonly SplitRules Qwen2 = new([Words + @"\p{N}" + Rest]);
    private static readonly SplitRules Bloom = new([@" ?[^(\s|.,!?…。，、।۔،)]+"]);

    private static readonly SplitRules DeepSeek3 = new(
    [
        @"\p{N}{1,3}",
        "[一-龥぀-ゟ゠-ヿ]+",
        @"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    ]);

    private static readonly SplitRules Tekken = new(
        [$@"[^\r\n\p{{L}}\p{{N}}]?{Upper}*{Lower}+|[^\r\n\p{{L}}\p{{N}}]?{Upper}+{Lower}*|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"],
        TakesWholePieces: true,
        AddsBegin: true);

    private static readonly SplitRules Gpt4o = new(
        [$@"[^\r\n\p{{L}}\p{{N}}]?{Upper}*{Lower}+{Endings}|[^\r\n\p{{L}}\p{{N}}]?{Upper}+{Lower}*{Endings}|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"]);

    private static readonly Dictionary<string, SplitRules> ByName = new(StringComparer.Ordinal)
    {
        ["default"] = new([@"[\p{P}\$\+<=>\^~\|]+", ByteLevel.Gpt2, @"\p{N}+", "[0-9][0-9][0-9]"]),
        ["gpt-2"] = Gpt2,
        ["phi-2"] = Gpt2,
        ["mpt"] = Gpt2,
        ["olmo"] = Gpt2,
        ["jina-en"] = Gpt2,
        ["roberta-bpe"] = Gpt2,
        ["falcon"] = new([@"[\p{P}\$\+<=>\^~\|`]+", ByteLevel.Gpt2, "[0-9][0-9][0-9]"]),
        ["starcoder"] = SingleDigits,
        ["refact"] = SingleDigits,
        ["command-r"] = SingleDigits,
        ["smollm"] = SingleDigits,
        ["codeshell"] = SingleDigits,
        ["exaone"] = SingleDigits,
        ["llama3"] = Llama3,
        ["llama-v3"] = Llama3,
        ["llama-bpe"] = Llama3,
        ["falcon3"] = Llama3,
        ["lfm2"] = Llama3,
        ["dbrx"] = Triples,
        ["smaug-bpe"] = Triples,
        ["glm4"] = Triples,
        ["chatglm-bpe"] = Triples,
        ["qwen2"] = Qwen2,
        ["stablelm2"] = Qwen2,
        ["deepseek-r1-qwen"] = Qwen2,
        ["hunyuan"] = Qwen2,
        ["deepseek-v3"] = DeepSeek3,
        ["hunyuan-dense"] = DeepSeek3,
        ["tekken"] = Tekken,
        ["gpt-4o"] = Gpt4o,
        ["llama4"] = Gpt4o,
        ["bloom"] = Bloom,
        ["gpt3-finnish"] = Bloom,
    };

    public static IEnumerable<string> Names => ByName.Keys.Order(StringComparer.Ordinal);

    /// <summary>Null for families that are not among them.</summary>
    public static SplitRules? Find(string name) => ByName.GetValueOrDefault(name);
}
