using Orrery.Engine.Architectures;
using Orrery.Engine.Architectures.Encoders;
using Orrery.Engine.Encoder;
using Orrery.Engine.Tests.Architectures;
using Orrery.Models;

namespace Orrery.Engine.Tests.Embeddings;

/// <summary>Every kind of embedding model against transformers' implementation of it.</summary>
public sealed class EmbeddingReferenceTests
{
    /// <summary>Largest difference of a hidden state, whose spread is about 1. The reference is in double precision, this engine in single: 2e-6 was measured at most.</summary>
    private const float HiddenBudget = 2e-5f;

    /// <summary>Of an embedding, whose length is 1: 2e-7 was measured at most.</summary>
    private const float Budget = 2e-6f;

    /// <summary>The same where weights are BF16 and activations rounded to it: steps of 1/256 in sums over tens of terms, through two layers. 0.0014 was measured at most.</summary>
    private const float BF16Budget = 0.01f;

    public static TheoryData<string> Encoders => ["bert", "distilbert", "roberta"];

    public static TheoryData<string, Pooling> Pooled => new(
        from name in EmbeddingCase.Names
        from pooling in Enum.GetValues<Pooling>()
        where Expected(name, pooling).Length > 0
        select (name, pooling));

    [Theory]
    [MemberData(nameof(Encoders))]
    public void Hidden_states_are_those_of_the_reference(string name)
    {
        var reference = ReferenceCase.Named(name);
        using var folder = new TempFolder();
        using var source = ModelSource.Open(reference.Write(folder));
        var (config, names) = EncoderTable.Read(ModelHeader.Of(source), source)!.Value;
        var batch = new EncoderBatch(config, reference.Prompt.Length, chunkRows: 7);

        Assert.True(batch.TryAdd(reference.Prompt));
        Assert.True(new EncoderModel(config, EncoderWeightReader.Read(source, config, names)).Forward(batch, () => false));

        AssertClose(reference.Hidden, batch.Hidden, HiddenBudget);
    }

    [Fact]
    public void Hidden_states_of_a_decoder_are_those_of_the_reference()
    {
        var reference = ReferenceCase.Named("qwen3-embedding");
        using var folder = new TempFolder();
        using var model = reference.Load(folder);
        using var sequence = model.Start();
        float[] hidden = new float[reference.Hidden.Length];

        sequence.Forward(reference.Prompt);
        for (int row = 0; row < reference.Prompt.Length; row++)
            model.Model.FinalHidden(model.Batch, row, hidden.AsSpan(row * model.Dim, model.Dim));

        AssertClose(reference.Hidden, hidden, HiddenBudget);
    }

    [Theory]
    [MemberData(nameof(Pooled))]
    public async Task Embeddings_are_those_of_the_reference(string name, Pooling pooling)
    {
        using var folder = new TempFolder();
        await using var model = EmbeddingCase.Load(name, folder, new EngineOptions { Pooling = pooling, BatchTokens = 10 });

        float[] embedding = await model.EmbedAsync(ReferenceCase.Named(name).Prompt, Stories.Ct);

        AssertClose(Expected(name, pooling), embedding, Budget);
        Assert.Equal(embedding.Length, model.Card.Dim);
        Assert.Equal(1, embedding.Sum(value => (double)value * value), 1e-6);
    }

    [Fact]
    public async Task Embeddings_from_a_converted_file_are_those_of_the_reference()
    {
        var reference = ReferenceCase.Named("bert");
        await using var model = LocalEmbeddingModel.Load(reference.File("bert.gguf"));

        AssertClose(Expected("bert", Pooling.Mean), await model.EmbedAsync(reference.Prompt, Stories.Ct), BF16Budget);
        Assert.Equal((Pooling.Mean, 64, "bert"), (model.Card.Pooling, model.Card.ContextTokens, model.Card.Architecture));
    }

    /// <summary>Other layouts of the same weights: below a prefix with heads beside them, and with the first names of norms.</summary>
    [Theory]
    [InlineData("bert", "bert.", "cls.predictions.bias")]
    [InlineData("roberta", "roberta.", "lm_head.bias")]
    [InlineData("distilbert", "distilbert.", "vocab_projector.bias")]
    public async Task A_model_with_heads_gives_the_same(string name, string prefix, string head)
    {
        using var folder = new TempFolder();
        EmbeddingCase.Write(name, folder);
        EmbeddingCase.RenameTensors(folder, tensor => tensor switch
        {
            "pooler.dense.bias" => head,
            _ => prefix + tensor.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal),
        });

        await using var model = LocalEmbeddingModel.Load(folder.Path);

        AssertClose(Expected(name, Pooling.Mean), await model.EmbedAsync(ReferenceCase.Named(name).Prompt, Stories.Ct), Budget);
    }

    private static float[] Expected(string name, Pooling pooling) => ReferenceCase.Named(name).Pooled[pooling switch
    {
        Pooling.Mean => "mean",
        Pooling.Cls => "cls",
        _ => "last",
    }];

    private static void AssertClose(float[] expected, float[] actual, float budget)
    {
        Assert.Equal(expected.Length, actual.Length);
        float worst = expected.Zip(actual, (a, b) => MathF.Abs(a - b)).Max();
        Assert.True(worst <= budget, $"a number is off by {worst}; the budget is {budget}");
    }
}
