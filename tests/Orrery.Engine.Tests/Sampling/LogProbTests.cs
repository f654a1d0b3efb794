using Orrery.Engine.Sampling;

namespace Orrery.Engine.Tests.Sampling;

public sealed class LogProbTests
{
    [Fact]
    public void They_are_the_log_softmax_and_the_list_is_of_the_most_likely()
    {
        // Probabilities 0.25, 0.0625, 0.5, 0.0625, 0.125, all logits 7 too high.
        float[] logits = [.. new[] { 0.25f, 0.0625f, 0.5f, 0.0625f, 0.125f }.Select(p => MathF.Log(p) + 7)];

        var (chosen, top) = LogProbs.Of(logits, chosen: 4, top: 4);

        Assert.Equal(Math.Log(0.125), chosen, 1e-6);
        Assert.Equal([2, 0, 4, 1], top.Select(one => one.Token));
        Assert.All(top.Zip([0.5, 0.25, 0.125, 0.0625]), pair => Assert.Equal(Math.Log(pair.Second), pair.First.LogProb, 1e-6));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(20, 3)]
    public void The_list_is_as_long_as_asked_and_as_the_vocabulary_allows(int asked, int given)
        => Assert.Equal(given, LogProbs.Of([1, 2, 3], 0, asked).Top.Length);

    [Fact]
    public void What_cannot_come_is_minus_infinity_and_the_others_share_the_rest()
    {
        var (chosen, top) = LogProbs.Of([float.NegativeInfinity, 100, 100, -1e30f], chosen: 1, top: 4);

        Assert.Equal(Math.Log(0.5), chosen, 1e-6);
        Assert.Equal([1, 2, 3, 0], top.Select(one => one.Token));
        Assert.Equal(float.NegativeInfinity, top[^1].LogProb);
    }

    [Theory]
    [InlineData(0f, 1f)]
    [InlineData(1.5f, 1.2f)]
    public async Task A_models_log_probabilities_are_those_of_its_logits_whatever_the_sampling(float temperature, float repetition)
    {
        await using var model = Stories.Load();
        using var part = ModelPart.Load(Stories.Path("F32"));
        using var sequence = part.Start();
        int[] prompt = [.. model.Tokenizer.Encode("Once upon a time", addSpecial: true)];

        var pieces = await Stories.CollectAsync(model, new TextRequest
        {
            Prompt = prompt,
            MaxTokens = 40,
            TopLogProbs = 5,
            Sampling = new() { Temperature = temperature, RepetitionPenalty = repetition, Seed = 3, LogitBias = new Dictionary<int, float> { [261] = 2 } },
        });

        float[] logits = sequence.Forward(prompt).ToArray();
        foreach (var piece in pieces.Where(piece => piece.Token is not null))
        {
            double sum = logits.Sum(logit => Math.Exp(logit));
            Assert.Equal(Math.Log(Math.Exp(logits[piece.Token!.Value]) / sum), piece.LogProb!.Value, 1e-4);
            Assert.Equal(logits.Select((logit, id) => (logit, id)).OrderByDescending(one => one.logit).Take(5).Select(one => one.id), piece.Top!.Select(one => one.Token));
            Assert.All(piece.Top!, one => Assert.Equal(Math.Log(Math.Exp(logits[one.Token]) / sum), one.LogProb, 1e-4));
            logits = sequence.Forward([piece.Token.Value]).ToArray();
        }
        Assert.Equal(40, pieces.Count(piece => piece.LogProb is not null));
    }

    [Fact]
    public async Task They_are_given_only_when_asked_for_and_change_no_token()
    {
        await using var model = Stories.Load();
        var request = new TextRequest { Prompt = model.Tokenizer.Encode("Once", addSpecial: true), MaxTokens = 20, Sampling = new() { Seed = 8 } };

        var without = await Stories.CollectAsync(model, request);
        var chosenOnly = await Stories.CollectAsync(model, request with { TopLogProbs = 0 });

        Assert.All(without, piece => Assert.True(piece is { LogProb: null, Top: null }));
        Assert.All(chosenOnly.Where(piece => piece.Token is not null), piece => Assert.True(piece is { LogProb: <= 0, Top.Count: 0 }));
        Assert.Equal(without.Select(piece => (piece.Token, piece.Text)), chosenOnly.Select(piece => (piece.Token, piece.Text)));
    }

    [Fact]
    public async Task A_bias_on_what_is_no_token_is_refused()
    {
        await using var model = Stories.Load();
        var request = new TextRequest { Prompt = [1], Sampling = new() { LogitBias = new Dictionary<int, float> { [512] = 1 } } };

        var error = await Assert.ThrowsAsync<ArgumentException>(() => Stories.CollectAsync(model, request));

        Assert.Contains("logitBias: 512 is no token; the vocabulary has 512", error.Message, StringComparison.Ordinal);
    }
}
