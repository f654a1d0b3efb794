using Orrery.Engine.Adapters;
using Orrery.Engine.Decoder;
using Orrery.Engine.Decoder.Adapters;
using Orrery.Engine.Decoder.Cache;
using Orrery.Engine.Tests.Architectures;

namespace Orrery.Engine.Tests.Adapters;

/// <summary>Several adapters over one base at once.</summary>
public sealed class AdapterBatchTests
{
    [Theory]
    [InlineData("llama")]
    [InlineData("phi3")]
    [InlineData("qwen2-moe")]
    public void What_a_row_gives_does_not_depend_on_the_other_rows(string name)
    {
        var reference = ReferenceCase.Named(name);
        using var folder = new TempFolder();
        using var part = LoadTwo(reference, folder);
        (string? Adapter, int[] Tokens)[] texts =
        [
            (null, reference.Prompt[..16]), ("one", reference.Prompt[..16]), ("two", reference.Prompt[2..18]),
            ("one", reference.Prompt[1..17]), (null, reference.Prompt[3..19]), ("one", reference.Prompt[4..20]),
        ];

        var alone = texts.Select(text =>
        {
            using var sequence = part.Start(text.Adapter);
            return text.Tokens.Select(token => sequence.Forward([token]).ToArray()).ToArray();
        }).ToArray();

        // Two positions of each in turns, so that rows of one adapter stand apart; more of them than go through an adapter at once.
        const int Together = 8;
        var batch = new DecoderBatch(part.Model.Config, maxRows: texts.Length * Together, maxLogits: texts.Length * Together, new AdapterSizes(8, 512, 512));
        var sequences = texts.Select(text => new KvSequence(part.Pool, text.Adapter is null ? RowAdapters.None : part.Adapters.ToList().IndexOf(text.Adapter))).ToArray();
        for (int first = 0; first < texts[0].Tokens.Length; first += Together)
        {
            batch.Clear();
            var rows = (from pair in Enumerable.Range(0, Together / 2) from text in Enumerable.Range(0, texts.Length) from one in new[] { 0, 1 } select (Text: text, At: first + (2 * pair) + one)).ToList();
            foreach (var (text, at) in rows)
                Assert.True(batch.TryAdd(sequences[text], texts[text].Tokens[at], wantLogits: true));
            part.Model.Forward(batch);
            for (int row = 0; row < rows.Count; row++)
                Assert.Equal(alone[rows[row].Text][rows[row].At], batch.LogitsOf(row).ToArray());
        }
        foreach (var sequence in sequences)
            sequence.Dispose();
        Assert.NotEqual(alone[0][^1], alone[1][^1]);
    }

    [Fact]
    public void A_sequence_without_an_adapter_is_as_if_none_were_loaded()
    {
        var reference = ReferenceCase.Named("llama");
        using TempFolder folder = new(), plain = new();
        using var part = LoadTwo(reference, folder);
        using var bare = reference.Load(plain);
        using PartSequence sequence = part.Start(), expected = bare.Start();

        Assert.Equal(expected.Forward(reference.Prompt).ToArray(), sequence.Forward(reference.Prompt).ToArray());
    }

    [Fact]
    public void A_forward_pass_with_an_adapter_allocates_nothing()
    {
        var reference = ReferenceCase.Named("llama");
        using var folder = new TempFolder();
        using var part = LoadTwo(reference, folder);
        using var sequence = part.Start("two");
        sequence.Forward([1, 2, 3]);
        sequence.Forward([5]);

        Assert.Equal(0, Allocations.Least(() =>
        {
            sequence.Truncate(4);
            for (int i = 0; i < 10; i++)
                sequence.Forward([5]);
            sequence.Forward([1, 2, 3]);
        }));
    }

    [Fact]
    public void Memory_of_adapters_follows_from_their_headers()
    {
        var reference = ReferenceCase.Named("llama");
        using var folder = new TempFolder();
        var modules = MadeAdapter.ModulesOf(reference);
        string model = reference.Write(folder);
        var bare = new EngineOptions { MaxContextTokens = 48, BatchTokens = 8, MaxSequences = 1 };
        var options = bare with { Adapters = [new AdapterPath("one", MadeAdapter.Write(folder, "one", modules))] };
        using var source = Models.ModelSource.Open(model);

        var plan = ModelPart.Plan(source, options);
        var without = ModelPart.Plan(source, bare);
        var part = ModelPart.Plan(source, options, new LayerRange(1, 2));
        using var loaded = ModelPart.Load(model, options: options);
        var error = Assert.Throws<ModelTooLargeException>(() => plan.Check(plan.Total - 1));

        Assert.Equal(modules.Sum(module => 4L * MadeAdapter.Rank * (module.Rows + module.Cols)), plan.Adapters);
        Assert.Equal(modules.Where(module => module.Module.Contains(".1.", StringComparison.Ordinal)).Sum(module => 4L * MadeAdapter.Rank * (module.Rows + module.Cols)), part.Adapters);
        Assert.Equal(plan.Adapters + (4 * 8 * (1 + 100 + MadeAdapter.Rank + 100)), plan.Total - without.Total);
        Assert.Contains(", adapters 0 MiB, a context of 48 tokens", error.Message, StringComparison.Ordinal);
    }

    private static ModelPart LoadTwo(ReferenceCase reference, TempFolder folder)
    {
        var modules = MadeAdapter.ModulesOf(reference);

        // The second leaves some maps as they are.
        var some = modules.Where((_, i) => i % 3 != 0);
        string model = reference.Write(folder), one = MadeAdapter.Write(folder, "one", modules), two = MadeAdapter.Write(folder, "two", some);
        return ModelPart.Load(model, options: new EngineOptions { MaxContextTokens = 128, Adapters = [new AdapterPath("one", one), new AdapterPath("two", two)] });
    }
}
