using Orrery.Engine.Statistics;

namespace Orrery.Engine.Tests.Statistics;

/// <summary>What a real model counts.</summary>
public sealed class ModelStatisticsTests
{
    [Fact]
    public async Task A_request_is_in_the_statistics_when_its_last_piece_is_there()
    {
        await using var model = Stories.Load();
        var pieces = await Stories.CollectAsync(model, Request(prompt: 40, tokens: 5));
        await Stories.CollectAsync(model, Request(prompt: 40, tokens: 3));

        var now = model.Statistics;
        var text = now.Generation!;
        Assert.Equal((0, 0, 0), (now.Running, now.Waiting, text.KvPagesUsed));
        Assert.Equal(FinishReason.Length, pieces[^1].Finish);
        Assert.Equal((2, 80, 8), (now.Ended[RequestEnd.Length], now.PromptTokens, text.GeneratedTokens));
        Assert.Equal((80, 32), (text.PrefixTokensQueried, text.PrefixTokensHit));
        Assert.Equal((2, 2, 2, 6), (now.QueueTime.Count, now.EndToEnd.Count, text.TimeToFirstToken.Count, text.InterTokenLatency.Count));
        Assert.Equal(model.Pool.Pages, text.KvPages);
    }

    [Fact]
    public async Task What_runs_and_what_waits_is_seen_and_who_leaves_has_aborted()
    {
        await using var model = Stories.Load(options: new EngineOptions { MaxSequences = 1, QueueLength = 1 });
        var prompt = new GatedPrompt(100);
        await using var running = model.GenerateAsync(new TextRequest { Prompt = prompt, MaxTokens = 1 }, Stories.Ct).GetAsyncEnumerator(Stories.Ct);
        var first = running.MoveNextAsync().AsTask();
        await prompt.Started.WaitAsync(Stories.Ct);
        using var leave = new CancellationTokenSource();
        await using var waiting = model.GenerateAsync(Request(5, 1), leave.Token).GetAsyncEnumerator(leave.Token);
        var second = waiting.MoveNextAsync().AsTask();
        await Assert.ThrowsAsync<QueueFullException>(() => Stories.CollectAsync(model, Request(5, 1)));
        var full = model.Statistics;

        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        var left = model.Statistics;
        prompt.Open(100);
        Assert.True(await first);

        Assert.Equal((1, 1, 1), (full.Running, full.Waiting, full.Rejected));
        Assert.Equal((1, 0, 1), (left.Running, left.Waiting, left.Ended[RequestEnd.Abort]));
    }

    [Fact]
    public async Task Sequences_that_push_each_other_out_are_counted()
    {
        await using var model = Stories.Load("Q8_0", new EngineOptions { KvCacheBytes = 0, MaxContextTokens = 96 });

        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => Stories.CollectAsync(model, Request(prompt: 17 + i, tokens: 60)))));

        var now = model.Statistics;
        Assert.InRange(now.Generation!.Preemptions, 1, long.MaxValue);
        Assert.Equal((6, 360), (now.Ended[RequestEnd.Length], now.Generation.GeneratedTokens));
        Assert.Equal(Enumerable.Range(17, 6).Sum(), now.PromptTokens);
    }

    [Fact]
    public async Task A_model_that_is_disposed_of_ends_its_requests_with_an_error()
    {
        var model = Stories.Load();
        await using var text = model.GenerateAsync(Request(5, 400), Stories.Ct).GetAsyncEnumerator(Stories.Ct);
        Assert.True(await text.MoveNextAsync());

        await model.DisposeAsync();

        Assert.Equal(1, model.Statistics.Ended[RequestEnd.Error]);
        Assert.Equal((0, 0), (model.Statistics.Running, model.Statistics.Generation!.KvPagesUsed));
    }

    [Fact]
    public async Task A_model_for_embeddings_counts_texts_and_no_generation()
    {
        await using var model = LocalEmbeddingModel.Load(Stories.Path("F32"));
        await model.EmbedAllAsync([[1, 5, 6], [1, 7]], Stories.Ct);

        var now = model.Statistics;
        Assert.Null(now.Generation);
        Assert.Equal((0, 0, 5, 1), (now.Running, now.Waiting, now.PromptTokens, now.Ended[RequestEnd.Stop]));
        Assert.Equal((1, 1), (now.QueueTime.Count, now.EndToEnd.Count));
    }

    private static TextRequest Request(int prompt, int tokens) => new()
    {
        Prompt = [1, .. Enumerable.Range(0, prompt - 1).Select(i => 300 + (i % 100))],
        MaxTokens = tokens,
        // Greedy, and 2 would end the text.
        Sampling = new SamplingOptions { Temperature = 0, LogitBias = new Dictionary<int, float> { [1] = -100, [2] = -100 } },
    };
}
