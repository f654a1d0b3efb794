using Orrery.Engine.Constraints;
using Orrery.Engine.Statistics;

namespace Orrery.Engine.Tests.Speculation;

/// <summary>Drafts change how many passes a text takes, and nothing else about it.</summary>
public sealed class SpeculationTests
{
    private static readonly EngineOptions Alone = new() { MaxSequences = 1, PrefixCache = false, BatchTokens = 1 };

    public static TheoryData<string, EngineOptions, bool> Ways => new()
    {
        { "one after the other", new EngineOptions { Speculate = 4 }, false },
        { "one after the other, without the prefix cache", new EngineOptions { Speculate = 4, PrefixCache = false }, false },
        { "with room for two rows", new EngineOptions { Speculate = 4, BatchTokens = 2 }, false },
        { "with long drafts", new EngineOptions { Speculate = 20 }, false },
        { "together", new EngineOptions { Speculate = 4 }, true },
        { "together, with drafts for all", new EngineOptions { Speculate = 40 }, true },
        { "together, in small pieces", new EngineOptions { Speculate = 40, BatchTokens = 5 }, true },
        { "together, without the prefix cache", new EngineOptions { Speculate = 40, PrefixCache = false }, true },
        { "together, pushing each other out", new EngineOptions { Speculate = 40, KvCacheBytes = 0, MaxContextTokens = 128 }, true },
        { "the same without the prefix cache", new EngineOptions { Speculate = 40, KvCacheBytes = 0, MaxContextTokens = 128, PrefixCache = false, BatchTokens = 9 }, true },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Texts_do_not_depend_on_it(string because, EngineOptions options, bool together)
    {
        await using var alone = Stories.Load("Q8_0", Alone);
        await using var model = Stories.Load("Q8_0", options);
        var requests = Enumerable.Range(0, 16).Select(i => Request(model, i)).ToList();

        var pieces = new List<string[]>();
        if (together)
            pieces.AddRange(await Task.WhenAll(requests.Select(request => Task.Run(() => PiecesAsync(model, request)))));
        else
            foreach (var request in requests)
                pieces.Add(await PiecesAsync(model, request));

        for (int i = 0; i < requests.Count; i++)
        {
            string[] expected = await PiecesAsync(alone, requests[i]);
            Assert.True(expected.SequenceEqual(pieces[i]), $"{because}, request {i}:\n{string.Join('|', expected)}\n{string.Join('|', pieces[i])}");
        }
        Assert.InRange(Drafts(model).AcceptedTokens, 1, Drafts(model).DraftedTokens);
        Assert.Equal((0, 0), (Drafts(alone).DraftedTokens, Drafts(alone).AcceptedTokens));
        Assert.Equal(model.Pool.Pages, model.Pool.FreePages);
    }

    [Fact]
    public async Task A_text_that_repeats_itself_takes_far_fewer_passes()
    {
        await using var model = Stories.Load(options: new EngineOptions { Speculate = 8 });
        var request = Greedy([1], 60) with { Sampling = Repeating };

        var pieces = await Stories.CollectAsync(model, request);

        Assert.Equal(60, Stories.Tokens(pieces).Length);
        Assert.InRange(Drafts(model).AcceptedTokens, 45, 55);
        Assert.Equal(Drafts(model).DraftedTokens, Drafts(model).AcceptedTokens);
    }

    [Fact]
    public async Task Nothing_is_drafted_where_it_is_off_or_where_the_last_token_comes_anyway()
    {
        await using var off = Stories.Load();
        await using var on = Stories.Load(options: new EngineOptions { Speculate = 4 });
        int[] prompt = [1, .. Enumerable.Repeat(300, 20)];

        await Stories.CollectAsync(off, Greedy(prompt, 40));
        await Stories.CollectAsync(on, Greedy(prompt, 2));

        Assert.Equal((0, 0), (Drafts(off).DraftedTokens, Drafts(on).DraftedTokens));
    }

    [Fact]
    public async Task Any_options_and_requests_give_the_same_texts()
    {
        var random = new Random(20261121);
        foreach (string type in new[] { "F32", "Q8_0", "Q4_0" })
        {
            await using var alone = Stories.Load(type, Alone);
            for (int round = 0; round < 6; round++)
            {
                var options = new EngineOptions
                {
                    Speculate = random.Next(1, 65), BatchTokens = random.Next(2, 70), MaxSequences = random.Next(1, 9), PrefixCache = random.Next(2) == 0,
                    KvCacheBytes = random.Next(2) == 0 ? 0 : null, MaxContextTokens = random.Next(100, 200), Threads = random.Next(1, 4),
                };
                await using var model = Stories.Load(type, options);
                var requests = Enumerable.Range(0, 8).Select(_ => Request(model, random.Next(1000))).ToList();
                var pieces = await Task.WhenAll(requests.Select(request => Task.Run(() => PiecesAsync(model, request))));
                for (int i = 0; i < requests.Count; i++)
                    Assert.True((await PiecesAsync(alone, requests[i])).SequenceEqual(pieces[i]), $"{type}, {options}, request {i}");
            }
        }
    }

    private static GenerationStatistics Drafts(LocalTextModel model) => model.Statistics.Generation!;

    /// <summary>One token over and over.</summary>
    private static SamplingOptions Repeating => new() { Temperature = 0, LogitBias = new Dictionary<int, float> { [300] = 100 } };

    /// <summary>Greedy and drawn, of every kind that looks at what came before. Prompts repeat themselves, and so do the texts.</summary>
    private static TextRequest Request(LocalTextModel model, int i) => new()
    {
        Prompt = model.Tokenizer.Encode(string.Concat(Enumerable.Repeat(i % 2 == 0 ? "Tom has a dog. " : "Once upon a time ", 1 + (i % 4))), addSpecial: true),
        MaxTokens = i % 8 == 7 ? 80 : 20 + (i * 7 % 30),
        Sampling = i % 8 == 7 ? Repeating : new SamplingOptions
        {
            Temperature = i % 3 == 0 ? 0 : 0.3f * (i % 3), Seed = i, TopP = i % 5 == 0 ? 0.9f : 1, PresencePenalty = i % 7 == 0 ? 0.2f : 0, RepetitionPenalty = i % 8 == 1 ? 1.1f : 1,
        },
        TopLogProbs = i % 4 == 2 ? 2 : null,
        Stop = i % 6 == 4 ? ["dog.", "girl"] : [],
        Constraint = i % 5 == 3 ? CompiledConstraint.Of(JsonConstraint.AnyObject, TokenTrie.Of(model.Tokenizer)) : null,
    };

    private static TextRequest Greedy(IReadOnlyList<int> prompt, int tokens) => new() { Prompt = prompt, MaxTokens = tokens, Sampling = new SamplingOptions { Temperature = 0 } };

    private static async Task<string[]> PiecesAsync(LocalTextModel model, TextRequest request)
        => [.. (await Stories.CollectAsync(model, request)).Select(piece => $"{piece.Token} {piece.Text} {piece.LogProb} {string.Join(' ', piece.Top ?? [])} {piece.Finish}")];
}
