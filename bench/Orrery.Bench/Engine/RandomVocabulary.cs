namespace Orrery.Bench.Engine;

/// <summary>A vocabulary in SentencePiece's form where a word of one letter is one token; the rest is there to be counted, and to come out of random weights.</summary>
internal static class RandomVocabulary
{
    private const string Space = "\u2581";

    public static IEnumerable<KeyValuePair<string, object>> Of(int size)
    {
        // Of tokens: ordinary, unknown, control and byte.
        const int Normal = 1, Unknown = 2, Control = 3, Byte = 6;
        (string Text, int Type)[] fixedOnes =
        [
            ("<unk>", Unknown), ("<s>", Control), ("</s>", Control),
            .. Enumerable.Range(0, 256).Select(value => ($"<0x{value:X2}>", Byte)),
            (Space, Normal), .. Letters("", 1), .. Letters(Space, 1),
        ];
        (string Text, int Type)[] tokens = [.. fixedOnes, .. Letters(Space, 4).Take(size - fixedOnes.Length)];
        return
        [
            new("tokenizer.ggml.model", "llama"),
            new("tokenizer.ggml.tokens", tokens.Select(token => token.Text).ToArray()),
            new("tokenizer.ggml.scores", tokens.Select((_, id) => (float)-id).ToArray()),
            new("tokenizer.ggml.token_type", tokens.Select(token => token.Type).ToArray()),
            new("tokenizer.ggml.bos_token_id", 1u), new("tokenizer.ggml.eos_token_id", 2u), new("tokenizer.ggml.unknown_token_id", 0u),
            new("tokenizer.ggml.add_bos_token", true), new("tokenizer.ggml.add_eos_token", false),
        ];

        static IEnumerable<(string, int)> Letters(string before, int count)
            => count == 0 ? [(before, Normal)] : Enumerable.Range('a', 26).SelectMany(letter => Letters(before + (char)letter, count - 1));
    }
}
