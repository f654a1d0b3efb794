using Orrery.Engine.Sampling;

namespace Orrery.Engine.Tests.Sampling;

public sealed class SamplerTests
{
    private const int Draws = 20_000;

    // Probabilities 0.5, 0.25, 0.125, 0.0625, 0.0625 at temperature 1, at ids 2, 0, 4, 1, 3.
    private static readonly float[] Logits = [MathF.Log(0.25f), MathF.Log(0.0625f), MathF.Log(0.5f), MathF.Log(0.0625f), MathF.Log(0.125f)];

    [Fact]
    public void Greedy_takes_the_highest_and_of_equals_the_lower_id()
    {
        Assert.Equal(2, Next(new SamplingOptions { Temperature = 0 }, Logits));
        Assert.Equal(1, Next(new SamplingOptions { Temperature = 0 }, [0, 5, 5, 1]));
        Assert.Equal(0, Next(new SamplingOptions { Temperature = 0 }, [-3]));
    }

    [Theory]
    [InlineData("everything", 1f, 0, 1f, 0f, "0.25 0.0625 0.5 0.0625 0.125")]
    [InlineData("temperature halves the exponents", 2f, 0, 1f, 0f, "0.2426 0.1213 0.3431 0.1213 0.1716")]
    [InlineData("cold", 0.25f, 0, 1f, 0f, "0.0586 0.0002 0.9373 0.0002 0.0037")]
    [InlineData("the best alone", 1f, 1, 1f, 0f, "0 0 1 0 0")]
    [InlineData("the best two", 1f, 2, 1f, 0f, "0.3333 0 0.6667 0 0")]
    [InlineData("the best four: of equals the lower id", 1f, 4, 1f, 0f, "0.2667 0.0667 0.5333 0 0.1333")]
    [InlineData("more than there are", 1f, 99, 1f, 0f, "0.25 0.0625 0.5 0.0625 0.125")]
    [InlineData("a nucleus of one", 1f, 0, 0.4f, 0f, "0 0 1 0 0")]
    [InlineData("a nucleus of none is one", 1f, 0, 0f, 0f, "0 0 1 0 0")]
    [InlineData("a nucleus of two", 1f, 0, 0.7f, 0f, "0.3333 0 0.6667 0 0")]
    [InlineData("a nucleus of three", 1f, 0, 0.8f, 0f, "0.2857 0 0.5714 0 0.1429")]
    [InlineData("a nucleus of what top-k left", 1f, 2, 0.6f, 0f, "0 0 1 0 0")]
    [InlineData("at least 0.499 times as likely as the best", 1f, 0, 1f, 0.499f, "0.3333 0 0.6667 0 0")]
    [InlineData("at least 0.126 times as likely", 1f, 0, 1f, 0.126f, "0.2857 0 0.5714 0 0.1429")]
    [InlineData("at least as likely as the best", 1f, 0, 1f, 1f, "0 0 1 0 0")]
    [InlineData("min-p goes by what the temperature made of them", 2f, 0, 1f, 0.7f, "0.4142 0 0.5858 0 0")]
    [InlineData("top-k of what min-p left", 1f, 2, 1f, 0.2f, "0.3333 0 0.6667 0 0")]
    [InlineData("a nucleus of what min-p left: 0.57 of it is enough", 1f, 0, 0.57f, 0.2f, "0 0 1 0 0")]
    [InlineData("a nucleus of what min-p left: 0.58 is not", 1f, 0, 0.58f, 0.2f, "0.3333 0 0.6667 0 0")]
    public void Tokens_come_as_often_as_their_probability_says(string because, float temperature, int topK, float topP, float minP, string expected)
    {
        var sampler = new Sampler(new SamplerScratch(Logits.Length));
        sampler.Start(new SamplingOptions { Temperature = temperature, TopK = topK, TopP = topP, MinP = minP }, seed: 1, []);
        var counts = new int[Logits.Length];
        for (int i = 0; i < Draws; i++)
            counts[sampler.Next(Logits)]++;

        // Seeded, so the same in every run. Five standard deviations, at most 0.018; and never what must not come.
        double[] probabilities = [.. expected.Split(' ').Select(double.Parse)];
        for (int id = 0; id < counts.Length; id++)
        {
            double deviation = 5 * Math.Sqrt(probabilities[id] * (1 - probabilities[id]) / Draws);
            Assert.True(Math.Abs(((double)counts[id] / Draws) - probabilities[id]) <= deviation, $"{because}: token {id} came {counts[id]} times of {Draws}, expected {probabilities[id]}");
        }
    }

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(float.Epsilon)]
    [InlineData(float.MaxValue)]
    public void Extreme_temperatures_give_a_token(float temperature)
    {
        int token = Next(new SamplingOptions { Temperature = temperature }, [-1e30f, 1e30f, 0]);

        Assert.True(temperature > 1 ? token is >= 0 and < 3 : token == 1);
    }

    [Fact]
    public void Logits_that_are_no_numbers_give_a_token_and_not_a_hang()
        => Assert.InRange(Next(new SamplingOptions { TopP = 0.5f, TopK = 2 }, [float.NaN, float.NaN, float.NaN]), 0, 2);

    [Fact]
    public void The_same_seed_draws_the_same_and_another_does_not()
    {
        Assert.Equal(Draw(seed: 42), Draw(seed: 42));
        Assert.NotEqual(Draw(seed: 42), Draw(seed: 43));
        Assert.NotEqual(Draw(seed: 0), Draw(seed: -1));
    }

    [Fact]
    public void The_generator_is_splitmix64()
    {
        // The first two outputs for seed 0, as published: e220a8397b1dcdaf and 6e789e6aa1b965f4.
        var random = new SplitMix64(0);
        Assert.Equal((0xe220a8397b1dcdafUL >> 11) * Math.Pow(2, -53), random.NextDouble());
        Assert.Equal((0x6e789e6aa1b965f4UL >> 11) * Math.Pow(2, -53), random.NextDouble());
    }

    private static int Next(SamplingOptions options, float[] logits)
    {
        var sampler = new Sampler(new SamplerScratch(logits.Length));
        sampler.Start(options, seed: 1, []);
        return sampler.Next(logits);
    }

    private static int[] Draw(long seed)
    {
        var sampler = new Sampler(new SamplerScratch(Logits.Length));
        sampler.Start(new SamplingOptions(), seed, []);
        return [.. Enumerable.Range(0, 50).Select(_ => sampler.Next(Logits))];
    }
}
