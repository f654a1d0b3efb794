using Orrery.Models.Gguf;
using Orrery.Models.Tokenizers;

namespace Orrery.Models.Tests.Tokenizers;

public sealed class GgufUnigramTests
{
    [Fact]
    public void A_unigram_model_from_GGUF_normalizes_splits_and_decodes()
    {
        var tokenizer = Tokenizer.FromGguf(Metadata(CapitalsToSmall(replacement: "a"u8.ToArray())));

        // "A  b" becomes "a b" by the map and the removal of extra spaces; ▁ goes in front, </s> behind.
        Assert.Equal([5, 4, 1], tokenizer.Encode(" A  b ", addSpecial: true));
        Assert.Equal("a b", tokenizer.Decode([5, 4, 1]));
        Assert.Equal([1], tokenizer.EndOfText);
        Assert.Equal([5, 2], tokenizer.Encode("az", addSpecial: false));
    }

    [Fact]
    public void A_map_that_makes_much_of_little_is_cut()
    {
        var tokenizer = Tokenizer.FromGguf(Metadata(CapitalsToSmall(replacement: Enumerable.Repeat((byte)'a', 100_000).ToArray())));

        Assert.Throws<Orrery.Models.Tokenizers.Patterns.PatternTimeException>(() => tokenizer.Encode(new string('A', 1000), addSpecial: false));
    }

    [Theory]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 0 })]
    public void What_is_no_map_is_refused(byte[] map)
        => Assert.Contains("'tokenizer.ggml.precompiled_charsmap' is no map of characters", Assert.Throws<InvalidModelFileException>(() => Tokenizer.FromGguf(Metadata(map))).Message, StringComparison.Ordinal);

    [Fact]
    public void Damaged_maps_do_no_harm()
    {
        byte[] sound = CapitalsToSmall("a"u8.ToArray());
        var random = new Random(3);
        for (int round = 0; round < 500; round++)
        {
            byte[] damaged = [.. sound];
            damaged[random.Next(4, damaged.Length)] = (byte)random.Next(256);
            damaged[random.Next(4, 8)] ^= (byte)(1 << random.Next(8));
            Assert.NotNull(Tokenizer.FromGguf(Metadata(damaged)).Encode("Aa AbA", addSpecial: true));
        }
    }

    private static GgufMetadata Metadata(byte[] map) => new("test.gguf", new Dictionary<string, object>
    {
        ["tokenizer.ggml.model"] = "t5",
        ["tokenizer.ggml.tokens"] = (string[])["<pad>", "</s>", "<unk>", "▁", "▁b", "▁a", "a"],
        ["tokenizer.ggml.scores"] = (float[])[0, 0, 0, -3, -2, -2, -4],
        ["tokenizer.ggml.token_type"] = (int[])[3, 3, 2, 1, 1, 1, 1],
        ["tokenizer.ggml.eos_token_id"] = 1u,
        ["tokenizer.ggml.unknown_token_id"] = 2u,
        ["tokenizer.ggml.remove_extra_whitespaces"] = true,
        ["tokenizer.ggml.precompiled_charsmap"] = map,
    });

    /// <summary>A double array that knows one key, A.</summary>
    private static byte[] CapitalsToSmall(byte[] replacement)
    {
        const int RootOffset = 0x100, Child = RootOffset ^ 'A', ChildOffset = 0x200, Leaf = Child ^ ChildOffset;
        uint[] units = new uint[0x400];
        units[0] = RootOffset << 10;
        units[Child] = 'A' | (1 << 8) | (ChildOffset << 10);
        units[Leaf] = 0x80000000;
        return [.. BitConverter.GetBytes(units.Length * 4), .. units.SelectMany(BitConverter.GetBytes), .. replacement, 0];
    }
}
