namespace Orrery.Models.Tokenizers;

/// <summary>Metadata keys that describe a tokenizer.</summary>
internal static class GgufKeys
{
    public const string Model = "tokenizer.ggml.model";
    public const string Pre = "tokenizer.ggml.pre";
    public const string Merges = "tokenizer.ggml.merges";
    public const string Tokens = "tokenizer.ggml.tokens";
    public const string Scores = "tokenizer.ggml.scores";
    public const string TokenTypes = "tokenizer.ggml.token_type";
    public const string BeginOfSequence = "tokenizer.ggml.bos_token_id";
    public const string EndOfSequence = "tokenizer.ggml.eos_token_id";
    public const string EndOfMessage = "tokenizer.ggml.eom_token_id";
    public const string EndOfTurn = "tokenizer.ggml.eot_token_id";
    public const string Unknown = "tokenizer.ggml.unknown_token_id";
    public const string Class = "tokenizer.ggml.cls_token_id";
    public const string Separator = "tokenizer.ggml.seperator_token_id";        // so spelt in the format
    public const string Separator2 = "tokenizer.ggml.separator_token_id";
    public const string CharacterMap = "tokenizer.ggml.precompiled_charsmap";
    public const string RemoveExtraWhiteSpace = "tokenizer.ggml.remove_extra_whitespaces";
    public const string AddBegin = "tokenizer.ggml.add_bos_token";
    public const string AddEnd = "tokenizer.ggml.add_eos_token";
    public const string AddSpacePrefix = "tokenizer.ggml.add_space_prefix";
}
