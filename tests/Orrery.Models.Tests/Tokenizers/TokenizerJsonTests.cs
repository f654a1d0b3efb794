using System.Text;
using System.Text.Json.Nodes;
using Orrery.Models.Tokenizers;

namespace Orrery.Models.Tests.Tokenizers;

/// <summary>Small tokenizers whose every step can be followed by hand.</summary>
public sealed class TokenizerJsonTests
{
    private const string Letters = """{"type": "BPE", "unk_token": "?", "vocab": {"?": 0, "a": 1, "b": 2, "ab": 3, " ": 4, "▁": 5, "▁a": 6, "abab": 7}, "merges": ["a b", ["▁", "a"], "ab ab"]}""";

    [Fact]
    public void Pairs_are_joined_by_rank_and_the_leftmost_of_equals_first()
    {
        var tokenizer = Load($$"""{"model": {{Letters}}}""");

        Assert.Equal([3, 1], tokenizer.Encode("aba", addSpecial: false));
        Assert.Equal([7, 3], tokenizer.Encode("ababab", addSpecial: false));
        Assert.Equal("ababab", tokenizer.Decode([7, 3]));
    }

    [Fact]
    public void Text_without_a_token_is_unknown_and_neighbours_fuse_where_asked()
    {
        Assert.Equal([0, 0, 1, 0], Load($$"""{"model": {{Letters}}}""").Encode("xyaz", addSpecial: false));
        Assert.Equal([0, 1, 0], Load($$"""{"model": {{Letters.Replace("\"BPE\",", "\"BPE\", \"fuse_unk\": true,", StringComparison.Ordinal)}}}""").Encode("xyaz", addSpecial: false));
        Assert.Equal([1], Load("""{"model": {"type": "BPE", "vocab": {"a": 1}, "merges": []}}""").Encode("xax", addSpecial: false));
    }

    [Fact]
    public void Bytes_stand_in_where_the_vocabulary_has_them_all()
    {
        var vocabulary = new JsonObject { ["?"] = 0, ["a"] = 1 };
        for (int value = 0; value < 256; value++)
            vocabulary[$"<0x{value:X2}>"] = value + 2;
        string decoder = """{"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "Fuse"}]}""";
        string file = $$"""{"model": {"type": "BPE", "unk_token": "?", "byte_fallback": true, "vocab": {{vocabulary.ToJsonString()}}, "merges": []}, "decoder": {{decoder}}}""";
        var tokenizer = Load(file);

        Assert.Equal([1, 0xC3 + 2, 0xA9 + 2], tokenizer.Encode("aé", addSpecial: false));
        Assert.Equal("aé", tokenizer.Decode([1, 0xC3 + 2, 0xA9 + 2]));
        Assert.Equal([0xC3], tokenizer.BytesOf(0xC3 + 2).ToArray());

        vocabulary.Remove("<0xA9>");
        vocabulary["b"] = 0xA9 + 2;
        Assert.Equal([1, 0], Load($$"""{"model": {"type": "BPE", "unk_token": "?", "byte_fallback": true, "vocab": {{vocabulary.ToJsonString()}}, "merges": []} }""").Encode("aé", addSpecial: false));
    }

    [Theory]
    [InlineData("", "a<x>b", "1 9 2")]
    [InlineData("", "a <x> b", "1 4 9 4 2")]
    [InlineData("\"lstrip\": true", "a  <x> b", "1 9 4 2")]
    [InlineData("\"rstrip\": true", "a <x>  b", "1 4 9 2")]
    [InlineData("\"single_word\": true", "a<x>b <x> b", "1 0 0 0 2 4 9 4 2")]
    [InlineData("", "<x><x>", "9 9")]
    [InlineData("", "<x", "0 0")]
    public void Added_tokens_are_found_as_their_flags_say(string flags, string text, string ids)
    {
        string token = $$"""{"id": 9, "content": "<x>", "special": false, "normalized": false{{(flags.Length > 0 ? ", " + flags : "")}}}""";
        var tokenizer = Load($$"""{"added_tokens": [{{token}}], "model": {{Letters}}}""");

        Assert.Equal(ids, string.Join(' ', tokenizer.Encode(text, addSpecial: false)));
    }

    [Fact]
    public void Normalized_tokens_are_found_after_normalization_and_others_before()
    {
        string added = """[{"id": 9, "content": "AB", "normalized": true}, {"id": 10, "content": "BA", "normalized": false}]""";
        var tokenizer = Load($$"""{"added_tokens": {{added}}, "normalizer": {"type": "Lowercase"}, "model": {{Letters}}}""");

        Assert.Equal([9], tokenizer.Encode("Ab", addSpecial: false));
        Assert.Equal([2, 1], tokenizer.Encode("Ba", addSpecial: false));
        Assert.Equal([10], tokenizer.Encode("BA", addSpecial: false));
    }

    [Fact]
    public void Control_tokens_are_text_unless_asked_for()
    {
        string added = """[{"id": 9, "content": "<s>", "special": true}, {"id": 10, "content": "<s><s>", "special": true}]""";
        var tokenizer = Load($$"""{"added_tokens": {{added}}, "model": {{Letters}}}""");

        Assert.Equal([0, 0, 0, 1], tokenizer.Encode("<s>a", addSpecial: true));
        Assert.Equal([9, 1], tokenizer.Encode("<s>a", addSpecial: false, parseSpecial: true));
        Assert.Equal([10, 9], tokenizer.Encode("<s><s><s>", addSpecial: false, parseSpecial: true));
        Assert.Equal("a", tokenizer.Decode([9, 1]));
        Assert.Equal("<s>a", tokenizer.Decode([9, 1], showSpecial: true));
        Assert.Equal(0, tokenizer.BytesOf(9).Length);
        Assert.Equal("<s>", tokenizer.NameOf(9));
    }

    [Fact]
    public void A_template_puts_its_tokens_around_the_text()
    {
        const string Template = """
            {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}],
             "special_tokens": {"<s>": {"ids": [9]}, "</s>": {"ids": [10, 11]}}}
            """;
        const string Added = """[{"id": 9, "content": "<s>", "special": true}, {"id": 11, "content": "</s>", "special": true}]""";
        foreach (string post in (string[])[Template, $$"""{"type": "Sequence", "processors": [{"type": "ByteLevel"}, {{Template}}]}"""])
        {
            var tokenizer = Load($$"""{"added_tokens": {{Added}}, "model": {{Letters}}, "post_processor": {{post}}}""");

            Assert.Equal([9, 1, 10, 11], tokenizer.Encode("a", addSpecial: true));
            Assert.Equal([1], tokenizer.Encode("a", addSpecial: false));
            Assert.Equal(9, tokenizer.BeginOfSequence);
        }
    }

    [Fact]
    public void A_unigram_model_takes_the_likeliest_way()
    {
        // "abc": ab + c is -3, a + bc is -3.5, a + b + c is -6.
        const string Model = """{"type": "Unigram", "unk_id": 0, "vocab": [["?", 0], ["a", -2], ["b", -2], ["c", -2], ["ab", -1], ["bc", -1.5], ["▁", -3], ["▁abc", -4]]}""";
        const string Metaspace = """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}""";
        var plain = Load($$"""{"model": {{Model}}}""");
        var spaced = Load($$"""{"model": {{Model}}, "pre_tokenizer": {{Metaspace}}, "decoder": {{Metaspace}}}""");

        Assert.Equal([4, 3], plain.Encode("abc", addSpecial: false));
        Assert.Equal([4, 3, 5], plain.Encode("abcbc", addSpecial: false));
        Assert.Equal([0, 1, 0], plain.Encode("xyaz", addSpecial: false));
        Assert.Equal([7, 6, 4], spaced.Encode("abc ab", addSpecial: false));
        Assert.Equal("abc ab", spaced.Decode([7, 6, 4]));
    }

    [Fact]
    public void Word_pieces_are_the_longest_that_fit()
    {
        const string Model = """{"type": "WordPiece", "unk_token": "?", "vocab": {"?": 0, "un": 1, "##aff": 2, "##able": 3, "##a": 4, "unaff": 5, "!": 6}}""";
        var tokenizer = Load($$"""
            {"model": {{Model}}, "normalizer": {"type": "BertNormalizer", "lowercase": true}, "pre_tokenizer": {"type": "BertPreTokenizer"}, "decoder": {"type": "WordPiece", "prefix": "##"} }
            """);

        Assert.Equal([5, 3, 6, 0, 1, 4], tokenizer.Encode("Ünaffable! xyz una", addSpecial: false));
        Assert.Equal("unaffable", tokenizer.Decode([5, 3]));
    }

    [Theory]
    [InlineData("""{"type": "Digits", "individual_digits": true}""", "a|1|2|b")]
    [InlineData("""{"type": "Digits", "individual_digits": false}""", "a|12|b")]
    [InlineData("""{"type": "Split", "pattern": {"String": "1"}, "behavior": "Removed"}""", "a|2b")]
    [InlineData("""{"type": "Split", "pattern": {"String": "1"}, "behavior": "MergedWithPrevious"}""", "a1|2b")]
    [InlineData("""{"type": "Split", "pattern": {"String": "1"}, "behavior": "MergedWithNext"}""", "a|12b")]
    [InlineData("""{"type": "Split", "pattern": {"Regex": "\\d"}, "behavior": "Isolated"}""", "a|1|2|b")]
    [InlineData("""{"type": "Split", "pattern": {"Regex": "\\d"}, "behavior": "Contiguous"}""", "a|12|b")]
    [InlineData("""{"type": "Split", "pattern": {"Regex": "\\d+"}, "behavior": "Removed", "invert": true}""", "12")]
    [InlineData("""{"type": "CharDelimiterSplit", "delimiter": "2"}""", "a1|b")]
    [InlineData("""{"type": "Sequence", "pretokenizers": [{"type": "CharDelimiterSplit", "delimiter": "2"}, {"type": "Digits", "individual_digits": true}]}""", "a|1|b")]
    public void Texts_are_cut_as_the_pre_tokenizer_says(string preTokenizer, string expected)
    {
        // Every piece is a token, so that the tokens show the pieces.
        string[] pieces = ["a", "1", "2", "b", "12", "a1", "2b", "12b", "a12b"];
        string vocabulary = new JsonObject(pieces.Select((piece, id) => KeyValuePair.Create(piece, (JsonNode?)id))).ToJsonString();
        var tokenizer = Load($$"""{"model": {"type": "WordPiece", "continuing_subword_prefix": "#", "unk_token": "a", "vocab": {{vocabulary}}}, "pre_tokenizer": {{preTokenizer}}}""");

        Assert.Equal(expected, string.Join('|', tokenizer.Encode("a12b", addSpecial: false).Select(tokenizer.NameOf)));
    }

    [Fact]
    public void Ids_beyond_the_tokenizers_stand_for_nothing()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("tokenizer.json"), $$"""{"model": {{Letters}}}""");

        var tokenizer = Tokenizer.FromJson(folder.Path, leastSize: 12);

        Assert.Equal((12, 0, ""), (tokenizer.VocabularySize, tokenizer.BytesOf(11).Length, tokenizer.NameOf(11)));
    }

    [Fact]
    public void The_files_beside_it_say_where_a_text_ends()
    {
        using var folder = new TempFolder();
        const string Added = """[{"id": 9, "content": "<s>", "special": true}, {"id": 10, "content": "<|im_end|>", "special": true}]""";
        File.WriteAllText(folder.File("tokenizer.json"), $$"""{"added_tokens": {{Added}}, "model": {{Letters}}}""");
        File.WriteAllText(folder.File("tokenizer_config.json"), """{"bos_token": {"content": "<s>"}, "eos_token": "b"}""");
        File.WriteAllText(folder.File("config.json"), """{"eos_token_id": 3}""");
        File.WriteAllText(folder.File("generation_config.json"), """{"eos_token_id": [4, 5]}""");

        var tokenizer = Tokenizer.FromJson(folder.Path);

        Assert.Equal(9, tokenizer.BeginOfSequence);
        Assert.Equal([2, 3, 4, 5, 10], tokenizer.EndOfText.Order());
    }

    public static TheoryData<string, string> Refused => new()
    {
        { "[]", "is an array; an object is needed" },
        { "{", "is no JSON" },
        { "{}", "key 'model' is missing" },
        { """{"model": {"type": "WordLevel", "vocab": {}}}""", "key 'model' is of type 'WordLevel'; BPE, Unigram and WordPiece are implemented" },
        { """{"model": {"type": "BPE", "vocab": {}, "merges": []}}""", "has no tokens" },
        { """{"model": {"type": "BPE", "vocab": {"a": -1}, "merges": []}}""", "key 'model.vocab.a' is -1; it must be a whole number" },
        { """{"model": {"type": "BPE", "vocab": {"a": 16000000}, "merges": []}}""", "has 1 tokens with ids up to 16000000" },
        { """{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a"]}}""", "key 'model.merges[0]' is 'a'; two tokens with a space between are needed" },
        { """{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a a"]}}""", "joins 'a' and 'a'" },
        { """{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [], "unk_token": "u"}}""", "key 'model.unk_token' is 'u', which is not in the vocabulary" },
        { """{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [], "end_of_word_suffix": "</w>"}}""", "end_of_word_suffix' is not empty" },
        { """{"model": {"type": "BPE", "vocab": {"\ud800": 0}, "merges": []}}""", "is not valid Unicode" },
        { """{"model": {"type": "Unigram", "vocab": [["a"]]}}""", "key 'model.vocab[0]' is no token with a score" },
        { """{"normalizer": {"type": "Bake"}, "model": {}}""", "key 'normalizer' is of type 'Bake', which is not implemented" },
        { """{"normalizer": {"type": "Prepend", "prepend": "aaaaaaaaaaaaaaaaaaaaaaaaaaaa"}, "model": {}}""", "at most 16 may be put into a text" },
        { """{"normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAAA"}, "model": {}}""", "is no map of characters" },
        { """{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}, "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(?=ab)"}}}""", "a pattern looks at more than one character" },
        { """{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}, "decoder": {"type": "CTC"}}""", "key 'decoder' is of type 'CTC'" },
        { """{"added_tokens": [{"id": 0, "content": ""}], "model": {}}""", "key 'added_tokens[0]' has a content of 0 characters" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_read_is_refused_by_name(string file, string expected)
    {
        var error = Assert.Throws<InvalidModelFileException>(() => Load(file));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Fact]
    public void Rules_that_blow_a_text_up_are_stopped()
    {
        const string Step = """{"type": "Replace", "pattern": {"String": "a"}, "content": "aaaaaaaaaaaaaaaa"}""";
        var tokenizer = Load($$"""{"normalizer": {"type": "Sequence", "normalizers": [{{string.Join(',', Enumerable.Repeat(Step, 8))}}]}, "model": {{Letters}}}""");

        Assert.Throws<Orrery.Models.Tokenizers.Patterns.PatternTimeException>(() => tokenizer.Encode(new string('a', 10_000), addSpecial: false));
    }

    private static Tokenizer Load(string file)
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("tokenizer.json"), Encoding.UTF8.GetBytes(file));
        return Tokenizer.FromJson(folder.File("tokenizer.json"));
    }
}
