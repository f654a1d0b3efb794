namespace Orrery.Engine.Tests.Architectures;

/// <summary>Every architecture against transformers' implementation of it.</summary>
public sealed class ReferenceTests
{
    /// <summary>Largest difference of a logit; they spread by about 2. The reference is in double precision, this engine in single: 2e-5 was measured at most.</summary>
    private const float LogitBudget = 2e-4f;

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

        Assert.Equal(reference.Greedy, Greedy.Continue(sequence, logits, reference.Greedy.Length));
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
