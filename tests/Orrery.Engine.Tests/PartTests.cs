using Orrery.Engine.Decoder;
using Orrery.Engine.Tests.Architectures;

namespace Orrery.Engine.Tests;

/// <summary>A model cut into ranges of layers.</summary>
public sealed class PartTests
{
    public static TheoryData<string, string> Cuts => new(
        from name in (string[])["llama", "llama-tied", "gemma2", "gemma3", "qwen2-moe-mixed", "gpt-oss"]
        from cut in (string[])["1", "2", "1 2"]
        select (name, cut));

    [Theory]
    [MemberData(nameof(Cuts))]
    public void Whole_or_in_ranges_the_logits_are_the_same(string name, string cut)
    {
        var reference = ReferenceCase.Named(name);
        using var folder = new TempFolder();
        string path = reference.Write(folder);
        using var whole = ModelPart.Load(path);
        int[] ends = [.. cut.Split(' ').Select(int.Parse).Where(end => end < whole.Layers.End), whole.Layers.End];
        var parts = ends.Select((end, i) => ModelPart.Load(path, new LayerRange(i == 0 ? 0 : ends[i - 1], end))).ToList();
        var sequences = parts.Select(part => part.Start()).ToList();
        using var expected = whole.Start();

        foreach (int[] chunk in reference.Prompt.Concat(reference.Greedy).Chunk(5))
        {
            float[] between = [];
            foreach (var sequence in sequences)
                between = sequence.Forward(chunk, between).ToArray();
            Assert.Equal(expected.Forward(chunk), between);
        }
        foreach (var part in parts)
            part.Dispose();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 1)]
    [InlineData(2, 1)]
    [InlineData(0, 99)]
    public void A_range_that_is_none_is_refused(int first, int end)
    {
        var error = Assert.Throws<ArgumentException>(() => ModelPart.Load(Stories.Path("F32"), new LayerRange(first, end)));

        Assert.Contains($"layers: [{first}, {end}) must be a range of at least one of the model's 5 layers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_holds_its_share_of_the_memory()
    {
        using var source = Models.ModelSource.Open(Stories.Path("F32"));
        var whole = ModelPart.Plan(source, new EngineOptions());
        var part = ModelPart.Plan(source, new EngineOptions(), new LayerRange(1, 3));

        Assert.Equal(whole.KvCache * 2 / 5, part.KvCache);
        Assert.InRange(part.MappedWeights, whole.MappedWeights / 5, whole.MappedWeights * 2 / 5);
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_nothing_is_computed()
    {
        using var part = ModelPart.Load(Stories.Path("F32"), options: new EngineOptions { MaxContextTokens = 8, BatchTokens = 4 });
        using var sequence = part.Start();

        Assert.Throws<ArgumentException>(() => sequence.Forward([]));
        Assert.Throws<ArgumentException>(() => sequence.Forward([1, 2, 3, 4, 5]));
        Assert.Throws<ArgumentException>(() => sequence.Forward([512]));
        Assert.Throws<ArgumentException>(() => sequence.Forward([1], new float[64]));
        Assert.Equal(0, sequence.Length);
        sequence.Forward([1, 2, 3, 4]);
        sequence.Forward([1, 2, 3, 4]);
        Assert.Throws<ContextLengthException>(() => sequence.Forward([1]));
        Assert.Equal(8, sequence.Length);
    }

    [Fact]
    public void A_sequence_that_was_cut_back_goes_on_as_if_nothing_had_been_there()
    {
        using var part = ModelPart.Load(Stories.Path("F32"));
        using var sequence = part.Start();
        sequence.Forward([1, 30, 40]);
        float[] expected = sequence.Forward([50]).ToArray();

        sequence.Forward([.. Enumerable.Range(100, 40)]);
        sequence.Truncate(3);

        Assert.Equal(expected, sequence.Forward([50]).ToArray());
    }

    [Fact]
    public void Sequences_share_the_pool_and_give_their_pages_back()
    {
        using var part = ModelPart.Load(Stories.Path("F32"), options: new EngineOptions { MaxContextTokens = 64, MaxSequences = 1 });
        using (var one = part.Start())
        using (var other = part.Start())
        {
            one.Forward([.. Enumerable.Range(1, 40)]);
            other.Forward([.. Enumerable.Range(1, 16)]);
            Assert.Equal(0, part.Pool.FreePages);
            Assert.Throws<ContextLengthException>(() => other.Forward([1]));
            Assert.Equal(16, other.Length);
        }
        Assert.Equal(part.Pool.Pages, part.Pool.FreePages);
    }
}
