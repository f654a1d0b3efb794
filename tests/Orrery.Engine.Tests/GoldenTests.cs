namespace Orrery.Engine.Tests;

/// <summary>The engine against llama.cpp on the same files.</summary>
public sealed class GoldenTests
{
    /// <summary>Largest difference of a logit; logits go up to about 20. Both sides compute in f32 and add in different orders. Measured: 1e-5.</summary>
    private const float F32LogitBudget = 1e-4f;

    /// <summary>Both sides round activations to halves; where another order of adding tips a rounding, 1e-3 of it shows. Measured: 0.009.</summary>
    private const float F16LogitBudget = 0.03f;

    /// <summary>Both sides round activations to bfloat16, whose steps are eight times those of halves. Measured: 2e-6.</summary>
    private const float BF16LogitBudget = 0.1f;

    /// <summary>Both sides round activations to 8 bits, for weights of 8 bits and of 4. Measured: below 1e-3; any other way of rounding shows as 0.14 to 0.33.</summary>
    private const float Q8LogitBudget = 0.1f;

    /// <summary>
    /// The same, for types with a minimum beside the scale. Measured: 2e-6 at every position but one, where a rounding tips: 0.04 and 0.17. Text that hangs
    /// by less than that may part from the reference's, and Q4_1's does, so it is not compared.
    /// </summary>
    private const float TippedLogitBudget = 0.3f;

    public static TheoryData<string, int> LogitCases => new(from type in new[] { "F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1" } from prompt in new[] { 0, 1 } select (type, prompt));

    public static TheoryData<string, int> Cases => new(from type in new[] { "F32", "F16", "BF16", "Q8_0", "Q4_0" } from prompt in new[] { 0, 1 } select (type, prompt));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Greedy_output_is_the_reference_token_for_token(string type, int prompt)
    {
        var golden = Stories.Expected(type, prompt);
        await using var model = Stories.Load(type);

        var pieces = await Stories.CollectAsync(model, new TextRequest
        {
            Prompt = model.Tokenizer.Encode(golden.Prompt, addSpecial: true),
            MaxTokens = golden.GreedyIds.Length,
            Sampling = new SamplingOptions { Temperature = 0 },
        });

        Assert.Equal(golden.GreedyIds, Stories.Tokens(pieces));
        Assert.Equal(golden.GreedyText, Stories.Text(pieces));
        Assert.Equal(new TextPiece(null, "", FinishReason.Length), pieces[^1]);
    }

    [Theory]
    [MemberData(nameof(LogitCases))]
    public void Logits_of_every_prompt_position_are_within_budget(string type, int prompt)
    {
        float budget = type switch { "F32" => F32LogitBudget, "F16" => F16LogitBudget, "BF16" => BF16LogitBudget, "Q4_1" or "Q5_1" => TippedLogitBudget, _ => Q8LogitBudget };
        var golden = Stories.Expected(type, prompt);
        using var model = ModelPart.Load(Stories.Path(type));
        using var sequence = model.Start();

        float worst = 0;
        for (int i = 0; i < golden.PromptIds.Length; i++)
        {
            var logits = sequence.Forward([golden.PromptIds[i]]);
            for (int id = 0; id < logits.Length; id++)
                worst = MathF.Max(worst, MathF.Abs(logits[id] - golden.Logits[(i * logits.Length) + id]));
        }

        Assert.True(worst <= budget, $"{type}, '{golden.Prompt}': a logit is off by {worst}; the budget is {budget}");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Prompts_encode_to_the_reference_ids(string type, int prompt)
    {
        var golden = Stories.Expected(type, prompt);
        await using var model = Stories.Load(type);

        Assert.Equal(golden.PromptIds, model.Tokenizer.Encode(golden.Prompt, addSpecial: true));
    }
}
