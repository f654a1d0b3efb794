using System.Text;
using Orrery.Models.Gguf;
using Orrery.Models.Tests.Gguf;
using Orrery.Models.Tokenizers;

namespace Orrery.Models.Tests.Tokenizers;

public sealed class SentencePieceTokenizerTests
{
    [Theory]
    [InlineData("Once upon a time", new[] { 1, 403, 407, 261, 378 })]
    [InlineData("Lily and Tom", new[] { 1, 317, 269, 274, 287 })]
    [InlineData("", new[] { 1 })]
    public void Prompts_have_the_ids_of_the_reference(string text, int[] ids) => Assert.Equal(ids, Stories().Encode(text, addSpecial: true));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("   three before and after   ")]
    [InlineData("line\nbreak\r\n\ttab")]
    [InlineData("Grüße, naïve café")]
    [InlineData("日本語")]
    [InlineData("🙂👨‍👩‍👧 family")]
    [InlineData("\u0000\u0001\u007F")]
    [InlineData("<s></s><0x41>")]
    [InlineData("▁")]
    public void Text_survives_encoding_and_decoding(string text)
    {
        var tokenizer = Stories();

        var ids = tokenizer.Encode(text, addSpecial: true);

        // The tokenizer's own sign for a space is a space.
        Assert.Equal(text.Replace('▁', ' '), tokenizer.Decode(ids));
        Assert.Equal(1, ids[0]);
        Assert.DoesNotContain(2, ids);
    }

    [Fact]
    public void A_surrogate_without_its_other_half_becomes_the_replacement_character()
        => Assert.Equal("a\uFFFDb", Stories().Decode(Stories().Encode("a\uD83Db", addSpecial: false)));

    [Fact]
    public void Characters_without_a_token_become_their_bytes()
    {
        var ids = Stories().Encode("🙂", addSpecial: false);

        // ▁, then the four bytes; the byte tokens begin at id 3.
        Assert.Equal(Encoding.UTF8.GetBytes("🙂").Select(value => value + 3), ids.Skip(1));
    }

    [Fact]
    public void Control_tokens_stand_for_no_text_and_others_for_their_bytes()
    {
        var tokenizer = Stories();

        Assert.Equal(0, tokenizer.BytesOf(1).Length);
        Assert.Equal([0x0A], tokenizer.BytesOf(13).ToArray());
        Assert.Equal(" there"u8.ToArray(), tokenizer.BytesOf(tokenizer.Encode("there", addSpecial: false)[^1]).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.BytesOf(512));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.BytesOf(-1));
    }

    [Fact]
    public void What_the_file_says_of_special_tokens_is_known()
    {
        var tokenizer = Stories();

        Assert.Equal((512, 1), (tokenizer.VocabularySize, tokenizer.BeginOfSequence));
        Assert.Equal([2], tokenizer.EndOfText);
    }

    [Fact]
    public void A_hundred_thousand_characters_take_no_noticeable_time()
    {
        string text = string.Concat(Enumerable.Repeat("Once upon a time there was a very long story. ", 2200)) + new string('a', 100_000);
        var clock = System.Diagnostics.Stopwatch.StartNew();

        var ids = Stories().Encode(text, addSpecial: false);

        Assert.Equal(text, Stories().Decode(ids));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Tokens_of_the_maker_are_found_before_the_text_is_split_and_the_longest_wins()
    {
        var tokenizer = Tokenizer.FromGguf(Metadata(Small()
            .Strings("tokenizer.ggml.tokens", "<unk>", "▁", "a", "b", "<x>", "<x><y>", "▁a")
            .Floats("tokenizer.ggml.scores", 0, -1, -2, -3, 0, 0, 1)
            .Ints("tokenizer.ggml.token_type", 2, 1, 1, 1, 4, 4, 1)));

        Assert.Equal([6, 3, 5, 1, 3, 4], tokenizer.Encode("ab<x><y>b<x>", addSpecial: true));
    }

    [Fact]
    public void Without_byte_tokens_the_unknown_token_stands_in()
    {
        var tokenizer = Tokenizer.FromGguf(Metadata(Small()
            .Strings("tokenizer.ggml.tokens", "<unk>", "▁", "a").Floats("tokenizer.ggml.scores", 0, 0, 0).Ints("tokenizer.ggml.token_type", 2, 1, 1)
            .Number("tokenizer.ggml.unknown_token_id", 0)));

        Assert.Equal([1, 2, 0], tokenizer.Encode("az", addSpecial: false));
    }

    public static TheoryData<string, string> Broken => new()
    {
        { "rwkv", "'tokenizer.ggml.model' is 'rwkv'. Tokenizers that work: llama, gpt2, t5, bert." },
        { "no tokens", "key 'tokenizer.ggml.tokens' is missing" },
        { "no scores", "key 'tokenizer.ggml.scores' is missing" },
        { "few scores", "'tokenizer.ggml.scores' has 1 elements for 2 tokens" },
        { "few types", "'tokenizer.ggml.token_type' has 1 elements for 2 tokens" },
        { "odd type", "has a token of type 9" },
        { "odd byte", "has token 1, '<0xZZ>', as a byte token" },
        { "id out of range", "'tokenizer.ggml.bos_token_id' is 2; it must be between 0 and 1" },
        { "nothing", "key 'tokenizer.ggml.model' is missing" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_description_is_refused(string which, string expected)
    {
        const string Tokens = "tokenizer.ggml.tokens", Scores = "tokenizer.ggml.scores", Types = "tokenizer.ggml.token_type";
        var builder = which switch
        {
            "rwkv" => new GgufBuilder().String("tokenizer.ggml.model", "rwkv"),
            "no tokens" => Small(),
            "no scores" => Small().Strings(Tokens, "a", "b"),
            "few scores" => Small().Strings(Tokens, "a", "b").Floats(Scores, 1),
            "few types" => Small().Strings(Tokens, "a", "b").Floats(Scores, 1, 2).Ints(Types, 1),
            "odd type" => Small().Strings(Tokens, "a", "b").Floats(Scores, 1, 2).Ints(Types, 1, 9),
            "odd byte" => Small().Strings(Tokens, "a", "<0xZZ>").Floats(Scores, 1, 2).Ints(Types, 1, 6),
            "id out of range" => Small().Strings(Tokens, "a", "b").Floats(Scores, 1, 2).Number("tokenizer.ggml.bos_token_id", 2),
            _ => new GgufBuilder(),
        };

        Assert.Contains(expected, Assert.Throws<InvalidModelFileException>(() => Tokenizer.FromGguf(Metadata(builder))).Message, StringComparison.Ordinal);
    }

    private static GgufBuilder Small() => new GgufBuilder().String("tokenizer.ggml.model", "llama");

    private static GgufMetadata Metadata(GgufBuilder builder)
    {
        byte[] file = builder.File();
        return GgufHeader.Read(file, file.Length, "test.gguf").Metadata;
    }

    private static Tokenizer Stories()
    {
        using var file = GgufFile.Open(Repository.File("tests", "Data", "stories260K", "stories260K-F32.gguf"));
        return Tokenizer.FromGguf(file.Metadata);
    }
}
