namespace Orrery.Engine.Tests.Sampling;

/// <summary>What a sampler remembers belongs to its sequence: also among others, and when the sequence is pushed out and computed again.</summary>
public sealed class SampledBatchTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sampled_tokens_and_log_probabilities_do_not_depend_on_the_company(bool tight)
    {
        var options = tight ? new EngineOptions { KvCacheBytes = 0, MaxContextTokens = 96 } : new EngineOptions();
        await using var alone = Stories.Load("Q8_0", new EngineOptions { MaxSequences = 1, PrefixCache = false });
        await using var model = Stories.Load("Q8_0", options);
        var requests = Enumerable.Range(0, 16).Select(i => Request(model, i)).ToList();

        var together = await Task.WhenAll(requests.Select(request => Task.Run(() => LikelyAsync(model, request))));

        for (int i = 0; i < requests.Count; i++)
            Assert.Equal(await LikelyAsync(alone, requests[i]), together[i]);
    }

    private static async Task<List<(int? Token, float? LogProb, string Top)>> LikelyAsync(LocalTextModel model, TextRequest request)
        => [.. (await Stories.CollectAsync(model, request)).Select(piece => (piece.Token, piece.LogProb, string.Join(' ', piece.Top ?? [])))];

    private static TextRequest Request(LocalTextModel model, int i) => new()
    {
        Prompt = model.Tokenizer.Encode(i % 2 == 0 ? "Once upon a time" : "Tom and his dog", addSpecial: true),
        MaxTokens = 20 + i,
        TopLogProbs = i % 4,
        Sampling = new()
        {
            Seed = i / 2,
            TopP = i % 3 == 0 ? 0.9f : 1,
            TopK = i % 5 == 0 ? 20 : 0,
            MinP = i % 2 * 0.02f,
            RepetitionPenalty = 1 + (i % 3 * 0.1f),
            PresencePenalty = i % 4 * 0.3f,
            FrequencyPenalty = i % 2 * 0.2f,
            LogitBias = new Dictionary<int, float> { [300 + i] = 1 },
        },
    };
}
