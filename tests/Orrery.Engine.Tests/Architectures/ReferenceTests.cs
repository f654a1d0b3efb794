namespace Orrery.Engine.Tests.Architectures;

/// <summary>Every architecture against transformers' implementation of it.</summary>
public sealed class ReferenceTests
{
    /// <summary>Largest difference of a logit; they spread by about 2. The reference is in double precision, this engine in single: 2e-5 was measured at most.</summary>
    private const float LogitBudget = 2e-4f;

    /// <summary>The same where weights are BF16 and activations rounded to it: steps of 1/256 in sums over tens of terms, through a few layers. 0.19 was measured at most; rows in a wrong order show as 3 and more.</summary>
    private const float BF16LogitBudget = 0.3f;

    public static TheoryData<string, string> Decoders => new(
        from name in ReferenceCase.Names
        let model = ReferenceCase.Named(name)
        where model.Logits.Length > 0
        from config in new[] { "config.json", "config-old.json" }
        where model.Has(config)
        select (name, config));

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Logits_and_greedy_text_are_those_of_the_reference(string name, string config)
    {
        var reference = ReferenceCase.Named(name);
        using var folder = new TempFolder();
        using var model = reference.Load(folder, config);
        using var sequence = model.Start();

        float worst = 0;
        ReadOnlySpan<float> logits = default;
        for (int i = 0; i < reference.Prompt.Length; i++)
        {
            logits = sequence.Forward([reference.Prompt[i]]);
            for (int id = 0; id < logits.Length; id++)
                worst = MathF.Max(worst, MathF.Abs(logits[id] - reference.Logits[(i * model.Vocabulary) + id]));
        }
        Assert.True(worst <= LogitBudget, $"a logit is off by {worst}; the budget is {LogitBudget}");

        // One case goes beyond what its model can be stretched to.
        int room = Math.Min(reference.Greedy.Length, model.ContextTokens - reference.Prompt.Length);
        Assert.InRange(room, 8, 24);
        Assert.Equal(reference.Greedy[..room], Greedy.Continue(sequence, logits, room));
    }

    /// <summary>Where converters of llama.cpp can say what the model is, and the file is small enough to be kept.</summary>
    public static TheoryData<string> GgufDecoders => [.. ReferenceCase.Names.Where(name => ReferenceCase.Named(name) is { Logits.Length: > 0 } model && model.Has(name + ".gguf"))];

    [Theory]
    [MemberData(nameof(GgufDecoders))]
    public void Logits_from_a_converted_file_are_those_of_the_reference(string name)
    {
        var reference = ReferenceCase.Named(name);
        using var model = ModelPart.Load(reference.File(name + ".gguf"), options: new EngineOptions { MaxContextTokens = reference.Prompt.Length + reference.Greedy.Length });
        using var sequence = model.Start();

        float worst = 0;
        ReadOnlySpan<float> logits = default;
        for (int i = 0; i < reference.Prompt.Length; i++)
        {
            logits = sequence.Forward([reference.Prompt[i]]);
            for (int id = 0; id < logits.Length; id++)
                worst = MathF.Max(worst, MathF.Abs(logits[id] - reference.Logits[(i * model.Vocabulary) + id]));
        }
        Assert.True(worst <= BF16LogitBudget, $"a logit is off by {worst}; the budget is {BF16LogitBudget}");
    }

    [Theory]
    [MemberData(nameof(Decoders))]
    public void However_a_prompt_is_cut_the_numbers_are_the_same(string name, string config)
    {
        var reference = ReferenceCase.Named(name);
        using var folder = new TempFolder();
        using var model = reference.Load(folder, config);

        float[] Cut(int rows)
        {
            using var sequence = model.Start();
            float[] logits = [];
            for (int at = 0; at < reference.Prompt.Length; at += rows)
                logits = sequence.Forward(reference.Prompt.AsSpan(at, Math.Min(rows, reference.Prompt.Length - at))).ToArray();
            return logits;
        }

        float[] whole = Cut(model.BatchTokens);
        Assert.Equal(whole, Cut(1));
        Assert.Equal(whole, Cut(7));
    }
}
