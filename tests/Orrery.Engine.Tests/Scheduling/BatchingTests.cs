namespace Orrery.Engine.Tests.Scheduling;

/// <summary>Many sequences at once: every one gets the text that it would have got alone.</summary>
public sealed class BatchingTests
{
    public static TheoryData<string, EngineOptions> Ways => new()
    {
        { "together", new EngineOptions() },
        { "with few rows in a pass", new EngineOptions { BatchTokens = 5 } },
        { "with few places", new EngineOptions { MaxSequences = 3 } },
        { "without the prefix cache", new EngineOptions { PrefixCache = false } },
        { "with so little cache that they push each other out", new EngineOptions { KvCacheBytes = 0, MaxContextTokens = 96 } },
        { "the same without the prefix cache", new EngineOptions { KvCacheBytes = 0, MaxContextTokens = 96, PrefixCache = false, BatchTokens = 7 } },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Texts_do_not_depend_on_the_company(string because, EngineOptions options)
    {
        await using var alone = Stories.Load("Q8_0", new EngineOptions { MaxSequences = 1, PrefixCache = false, BatchTokens = 1 });
        await using var model = Stories.Load("Q8_0", options);
        var requests = Enumerable.Range(0, 16).Select(i => Request(model, i)).ToList();

        var texts = await Task.WhenAll(requests.Select(request => Task.Run(() => TextAsync(model, request))));

        for (int i = 0; i < requests.Count; i++)
        {
            string expected = await TextAsync(alone, requests[i]);
            Assert.True(expected == texts[i], $"{because}, request {i}: expected '{expected}', got '{texts[i]}'");
        }
        Assert.Equal(0, model.Waiting);
        Assert.Equal(model.Pool.Pages, model.Pool.FreePages);
    }

    [Fact]
    public async Task The_start_of_a_prompt_that_was_there_before_is_not_computed_again()
    {
        await using var model = Stories.Load();
        int[] shared = [1, .. Enumerable.Range(0, 40).Select(i => 300 + (i % 100))];
        var first = await Stories.CollectAsync(model, Greedy(shared));
        var again = await Stories.CollectAsync(model, Greedy(shared));
        var other = await Stories.CollectAsync(model, Greedy([.. shared[..35], 400]));

        Assert.Equal((0, 32, 32), (first[^1].CachedTokens, again[^1].CachedTokens, other[^1].CachedTokens));
        Assert.Equal(Stories.Tokens(first), Stories.Tokens(again));
    }

    [Fact]
    public async Task A_prompt_of_whole_pages_still_computes_its_last_token()
    {
        await using var model = Stories.Load();
        int[] prompt = [1, .. Enumerable.Range(0, 31).Select(i => 300 + i)];
        var first = await Stories.CollectAsync(model, Greedy(prompt));
        var again = await Stories.CollectAsync(model, Greedy(prompt));

        Assert.Equal(16, again[^1].CachedTokens);
        Assert.Equal(Stories.Tokens(first), Stories.Tokens(again));
    }

    [Fact]
    public async Task Clients_that_come_go_and_cancel_leave_the_cache_empty()
    {
        await using var model = Stories.Load("Q8_0", new EngineOptions { KvCacheBytes = 0, MaxContextTokens = 96, MaxSequences = 6, QueueLength = 200 });
        var random = new Random(20261124);
        var clients = Enumerable.Range(0, 60).Select(i => (Request: Request(model, i), Leaves: random.Next(3) == 0 ? random.Next(1, 20) : int.MaxValue)).Select(client => Task.Run(async () =>
        {
            int pieces = 0;
            await foreach (var piece in model.GenerateAsync(client.Request, Stories.Ct))
            {
                if (++pieces == client.Leaves)
                    break;
            }
        }));

        await Task.WhenAll(clients);

        await Eventually.TrueAsync(() => model.Pool.FreePages == model.Pool.Pages, () => $"{model.Pool.FreePages} of {model.Pool.Pages} pages are free");
    }

    /// <summary>Prompts that share starts, of different lengths, greedy and drawn.</summary>
    private static TextRequest Request(LocalTextModel model, int i) => new()
    {
        Prompt = model.Tokenizer.Encode(string.Concat(Enumerable.Repeat("Once upon a time there was a girl. ", 1 + (i % 3))) + (char)('A' + i), addSpecial: true),
        MaxTokens = 12 + (i * 3 % 17),
        Sampling = new SamplingOptions { Temperature = i % 2, Seed = i },
    };

    private static TextRequest Greedy(IReadOnlyList<int> prompt) => new() { Prompt = prompt, MaxTokens = 8, Sampling = new SamplingOptions { Temperature = 0 } };

    private static async Task<string> TextAsync(LocalTextModel model, TextRequest request) => Stories.Text(await Stories.CollectAsync(model, request));
}
