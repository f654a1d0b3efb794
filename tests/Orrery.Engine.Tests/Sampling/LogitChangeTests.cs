using Orrery.Engine.Sampling;

namespace Orrery.Engine.Tests.Sampling;

/// <summary>Bias and penalties on made-up logits, by their definitions.</summary>
public sealed class LogitChangeTests
{
    private static readonly SamplingOptions Greedy = new() { Temperature = 0 };

    [Theory]
    [InlineData("nothing", 2f, 3, 0f, 0f, 1f, 2f)]
    [InlineData("presence counts once", 2f, 3, 0.5f, 0f, 1f, 1.5f)]
    [InlineData("frequency counts each time", 2f, 3, 0f, 0.5f, 1f, 0.5f)]
    [InlineData("both", 2f, 3, 0.25f, 0.5f, 1f, 0.25f)]
    [InlineData("below 0 they ask for more of the same", 2f, 3, -0.25f, -0.5f, 1f, 3.75f)]
    [InlineData("of the prompt alone neither", 2f, 0, 0.25f, 0.5f, 1f, 2f)]
    [InlineData("repetition divides what is above 0", 2f, 3, 0f, 0f, 4f, 0.5f)]
    [InlineData("repetition multiplies what is below 0", -2f, 3, 0f, 0f, 4f, -8f)]
    [InlineData("repetition leaves 0", 0f, 3, 0f, 0f, 4f, 0f)]
    [InlineData("repetition goes by the prompt too", 2f, 0, 0.25f, 0.5f, 4f, 0.5f)]
    [InlineData("repetition comes first", 2f, 3, 0.25f, 0.5f, 4f, -1.25f)]
    [InlineData("what cannot come still cannot", float.NegativeInfinity, 3, -2f, -2f, 0.01f, float.NegativeInfinity)]
    public void A_seen_tokens_logit_is_penalised(string because, float logit, int times, float presence, float frequency, float repetition, float expected)
    {
        var options = new SamplingOptions { PresencePenalty = presence, FrequencyPenalty = frequency, RepetitionPenalty = repetition };

        Assert.True(SeenTokens.Penalised(logit, times, options) == expected, because);
    }

    [Theory]
    // Logits 3, 2.5, 2, 1: each step takes the highest of what is left of them.
    [InlineData("nothing: always the best", 0f, 0f, 1f, "", "0 0 0 0 0 0")]
    [InlineData("presence: once each while it lasts", 1.5f, 0f, 1f, "", "0 1 2 0 0 0")]
    [InlineData("frequency: the more often the less", 0f, 0.75f, 1f, "", "0 1 0 2 1 0")]
    [InlineData("the prompt is not generated", 2f, 2f, 1f, "0", "0 1 2 3 0 1")]
    [InlineData("repetition", 0f, 0f, 1.4f, "", "0 1 0 0 0 0")]
    [InlineData("repetition with the prompt", 0f, 0f, 1.4f, "0 0 3", "1 0 0 0 0 0")]
    public void Tokens_are_counted_as_they_are_chosen(string because, float presence, float frequency, float repetition, string prompt, string expected)
    {
        var sampler = new Sampler(new SamplerScratch(4));
        int[] ids = [.. prompt.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        sampler.Start(Greedy with { PresencePenalty = presence, FrequencyPenalty = frequency, RepetitionPenalty = repetition }, seed: 1, ids);

        string actual = string.Join(' ', Enumerable.Range(0, 6).Select(_ => sampler.Next([3, 2.5f, 2, 1])));

        Assert.True(actual == expected, $"{because}: {actual}");
    }

    [Theory]
    [InlineData("1:0.4", 0)]
    [InlineData("1:0.6", 1)]
    [InlineData("0:-0.6", 1)]
    [InlineData("0:-100 1:-100", 2)]
    [InlineData("3:100", 3)]
    public void A_bias_is_added_to_the_logit(string bias, int expected)
        => Assert.Equal(expected, Next(Greedy with { LogitBias = Biases(bias) }, [3, 2.5f, 2, 1]));

    [Fact]
    public void The_bias_comes_before_the_penalties()
    {
        // -1 + 3 is above 0, so the penalty of 4 divides: 0.5, less than the other's 1. In the other order it would be -4 + 3 = -1.
        var options = Greedy with { RepetitionPenalty = 4, LogitBias = Biases("0:3") };

        Assert.Equal(0, Next(options, [-1, 0.4f], prompt: [0]));
        Assert.Equal(1, Next(options, [-1, 0.6f], prompt: [0]));
    }

    [Fact]
    public void Bias_and_penalties_come_before_temperature_and_truncation()
    {
        const int Draws = 20_000;
        var sampler = new Sampler(new SamplerScratch(2));
        sampler.Start(new SamplingOptions { Temperature = 100, LogitBias = Biases("1:1") }, seed: 1, []);
        int biased = Enumerable.Range(0, Draws).Count(_ => sampler.Next([0, 0]) == 1);
        sampler.Start(new SamplingOptions { TopK = 1, LogitBias = Biases("1:1") }, seed: 1, []);
        var best = Enumerable.Range(0, 20).Select(_ => sampler.Next([0.5f, 0])).Distinct();

        // e^0.01 to 1; a bias that the temperature did not divide would make it e to 1, and one after top-k would come too late.
        Assert.InRange(biased / (double)Draws, 0.48, 0.52);
        Assert.Equal([1], best);
    }

    [Fact]
    public void Samplers_that_share_a_scratch_do_not_see_each_other()
    {
        float[] logits = [1, 0.5f, 0.2f, 0.1f];
        var options = new SamplingOptions { PresencePenalty = 1, MinP = 0.05f, LogitBias = Biases("3:0.3") };
        int[] Alone(long seed)
        {
            var sampler = new Sampler(new SamplerScratch(4));
            sampler.Start(options, seed, [1]);
            return [.. Enumerable.Range(0, 30).Select(_ => sampler.Next(logits))];
        }

        var shared = new SamplerScratch(4);
        var (one, other) = (new Sampler(shared), new Sampler(shared));
        one.Start(options, 5, [1]);
        other.Start(options, 6, [1]);
        var together = Enumerable.Range(0, 30).Select(_ => (One: one.Next(logits), Other: other.Next(logits))).ToList();

        Assert.Equal(Alone(5), together.Select(pair => pair.One));
        Assert.Equal(Alone(6), together.Select(pair => pair.Other));
    }

    [Fact]
    public void Choosing_a_token_allocates_nothing()
    {
        var sampler = new Sampler(new SamplerScratch(1000));
        float[] logits = [.. Enumerable.Range(0, 1000).Select(id => MathF.Sin(id) * 4)];
        var options = new SamplingOptions { TopP = 0.9f, MinP = 0.01f, PresencePenalty = 0.5f, RepetitionPenalty = 1.1f, LogitBias = Biases("3:0.3") };
        sampler.Start(options, seed: 1, [.. Enumerable.Range(0, 1000)]);
        for (int i = 0; i < 100; i++)
            sampler.Next(logits);

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++)
                sampler.Next(logits);
        }));
    }

    [Fact]
    public void Every_problem_of_the_options_is_named_with_its_value()
    {
        var options = new SamplingOptions
        {
            MinP = 1.5f, PresencePenalty = -2.5f, FrequencyPenalty = 3, RepetitionPenalty = 0, LogitBias = Biases("1:5 7:101"),
        };

        Assert.Equal(
            [
                "minP: 1.5 must be between 0 and 1", "presencePenalty: -2.5 must be between -2 and 2", "frequencyPenalty: 3 must be between -2 and 2",
                "repetitionPenalty: 0 must be between 0.01 and 100", "logitBias[7]: 101 must be between -100 and 100",
            ],
            options.Problems());
        Assert.Equal(["topLogProbs: 21 must be between 0 and 20"], new TextRequest { Prompt = [1], TopLogProbs = 21 }.Problems());
        Assert.Equal(4, new SamplingOptions { MinP = float.NaN, PresencePenalty = float.NaN, FrequencyPenalty = float.NaN, RepetitionPenalty = float.NaN }.Problems().Count());
    }

    private static int Next(SamplingOptions options, float[] logits, int[]? prompt = null)
    {
        var sampler = new Sampler(new SamplerScratch(logits.Length));
        sampler.Start(options, seed: 1, prompt ?? []);
        return sampler.Next(logits);
    }

    private static Dictionary<int, float> Biases(string text)
        => text.Split(' ').Select(pair => pair.Split(':')).ToDictionary(pair => int.Parse(pair[0]), pair => float.Parse(pair[1]));
}
