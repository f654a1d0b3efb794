using System.Diagnostics;
using Orrery.Models.Gguf;
using Orrery.Models.Tokenizers;
using Orrery.Models.Tokenizers.Patterns;

namespace Orrery.Models.Tests.Tokenizers;

/// <summary>Long texts and damaged files: no crash, no hang, bounded memory.</summary>
public sealed class TokenizerBoundsTests
{
    private const int LongText = 1_000_000;

    // One of each step, so that damage reaches them all.
    private const string Everything = """
        {"added_tokens": [{"id": 7, "content": "<s>", "special": true}, {"id": 8, "content": "AB", "normalized": true, "lstrip": true, "rstrip": true, "single_word": true}],
         "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"}, {"type": "StripAccents"}, {"type": "Prepend", "prepend": "▁"},
           {"type": "Replace", "pattern": {"Regex": " +"}, "content": "▁"}, {"type": "BertNormalizer", "clean_text": true}]},
         "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "\\p{N}{1,3}|(?i:'s)|\\s+(?!\\S)"}, "behavior": "Isolated", "invert": false},
           {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": true}, {"type": "Digits", "individual_digits": true}, {"type": "Punctuation"}]},
         "model": {"type": "BPE", "unk_token": "?", "fuse_unk": true, "byte_fallback": true, "ignore_merges": true,
           "vocab": {"?": 0, "a": 1, "b": 2, "ab": 3, "▁": 4, "▁a": 5, "<0x41>": 6}, "merges": ["a b", "▁ a"]},
         "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}], "special_tokens": {"<s>": {"ids": [7]}}},
         "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}}
        """;

    private const string Unigram = """
        {"normalizer": {"type": "Strip", "strip_left": true, "strip_right": true}, "pre_tokenizer": {"type": "WhitespaceSplit"}, "decoder": {"type": "Metaspace", "replacement": "▁"},
         "model": {"type": "Unigram", "unk_id": 0, "byte_fallback": false, "vocab": [["?", 0], ["a", -2], ["b", -2.5], ["ab", -3], ["aa", -3.5], ["▁", -4]]}}
        """;

    [Theory]
    [InlineData("gpt-2", 'a')]
    [InlineData("gpt-2", ' ')]
    [InlineData("falcon", '7')]
    [InlineData("falcon", '\n')]
    [InlineData("llama-spm", 'a')]
    [InlineData("llama-spm", '日')]
    public void A_million_of_one_character_take_seconds_at_most(string vocabulary, char character)
    {
        string text = new(character, LongText);
        using var file = GgufFile.Open(Repository.Shared("models", "vocab-gguf", $"ggml-vocab-{vocabulary}.gguf"));
        var tokenizer = Tokenizer.FromGguf(file.Metadata);
        var clock = Stopwatch.StartNew();

        var ids = tokenizer.Encode(text, addSpecial: false);

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(50));
        Assert.Equal(text, tokenizer.Decode(ids));
    }

    [Theory]
    [InlineData("llama3")]
    [InlineData("mistral_nemo")]
    [InlineData("gemma2")]
    public void Long_texts_take_seconds_with_a_real_tokenizer_json(string name)
    {
        var tokenizer = Tokenizer.FromJson(Repository.Shared("models", "tokenizers", name));
        string text = new string('a', LongText / 2) + string.Concat(Enumerable.Repeat("Once upon a time, in 1999, there was a very long story. ", LongText / 100));
        var clock = Stopwatch.StartNew();

        var ids = tokenizer.Encode(text, addSpecial: false);

        Assert.Equal(text, tokenizer.Decode(ids));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(50));
    }

    [Fact]
    public void Cutting_a_stream_anywhere_gives_whole_characters()
    {
        using var file = GgufFile.Open(Repository.Shared("models", "vocab-gguf", "ggml-vocab-gpt-2.gguf"));
        var tokenizer = Tokenizer.FromGguf(file.Metadata);
        const string Text = "naïve 日本語 🙂👨‍👩‍👧 end";
        var stream = new Utf8Stream();

        string[] pieces = [.. tokenizer.Encode(Text, addSpecial: false).Select(id => stream.Append(tokenizer.BytesOf(id))), stream.Finish()];

        Assert.Equal(Text, string.Concat(pieces));
        Assert.DoesNotContain('\uFFFD', string.Concat(pieces));
    }

    [Theory]
    [InlineData(Everything)]
    [InlineData(Unigram)]
    public void The_files_that_are_to_be_damaged_are_sound(string file)
        => Assert.Equal("?ab", Load(file).Decode(Load(file).Encode("7ab", addSpecial: false), showSpecial: true).Replace(" ", "", StringComparison.Ordinal));

    [Theory]
    [InlineData(Everything)]
    [InlineData(Unigram)]
    public void Damaged_files_give_a_tokenizer_or_one_line(string file)
    {
        const int Rounds = 1500;
        byte[] sound = System.Text.Encoding.UTF8.GetBytes(file);
        var random = new Random(20260305);
        int refused = 0;
        long before = GC.GetTotalAllocatedBytes();
        using var folder = new TempFolder();
        for (int round = 0; round < Rounds; round++)
        {
            File.WriteAllBytes(folder.File("tokenizer.json"), Mutations.Of(sound, random));
            try
            {
                var tokenizer = Tokenizer.FromJson(folder.Path);
                tokenizer.Decode(tokenizer.Encode("<s>AB ab'S 1234 É日🙂\n\n x", addSpecial: true, parseSpecial: round % 2 == 0));
            }
            catch (InvalidModelFileException e)
            {
                Assert.DoesNotContain(e.Message, char.IsControl);
                refused++;
            }
            catch (PatternTimeException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, Rounds / 10, Rounds - 1);
        Assert.InRange((GC.GetTotalAllocatedBytes() - before) / Rounds, 0, 4 << 20);
    }

    private static Tokenizer Load(string file)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("tokenizer.json"), file);
        return Tokenizer.FromJson(folder.Path);
    }
}
