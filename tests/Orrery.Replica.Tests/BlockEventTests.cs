using System.Net;
using System.Text.Json.Nodes;
using Orrery.Engine;
using Orrery.Engine.Decoder.Cache;
using Orrery.Engine.Statistics;

namespace Orrery.Replica.Tests;

public sealed class BlockEventTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_follows_the_stream_has_exactly_the_blocks_that_the_engine_has()
    {
        await using var model = Load(new EngineOptions { KvCacheBytes = 0, MaxContextTokens = 160, MaxSequences = 6, QueueLength = 200, Speculate = 4 });
        await using var replica = await ReplicaUnderTest.StartAsync(model);
        await using var first = await KvFollower.StartAsync(replica);
        var random = new Random(20261123);
        for (int round = 0; round < 4; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 15).Select(_ => random.Next(100)).ToList().Select(async start =>
            {
                string prompt = string.Join(',', Enumerable.Range(0, 20 + (start % 60)).Select(i => 300 + ((start + i) % 100)));
                using var response = await replica.PostAsync("/v1/completions", $$"""{"prompt":[1,{{prompt}}],"max_tokens":{{1 + (start % 40)}},"seed":{{start}}}""");
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            }));
            await using var late = await KvFollower.StartAsync(replica);
            var (number, blocks) = model.Blocks!.Snapshot();

            foreach (var follower in (KvFollower[])[first, late])
            {
                await follower.CatchUpAsync(number);
                Assert.Equal(blocks.Select(block => block.ToString()).Order(), follower.Blocks.Order());
                Assert.Equal(["start"], follower.Resets);
            }
        }
        // A context has ten pages: much was pushed out.
        Assert.InRange(model.Blocks!.Snapshot().Number, 100, long.MaxValue);
    }

    [Fact]
    public async Task A_router_finds_the_blocks_of_a_prompt_from_its_token_ids()
    {
        await using var model = Load();
        await using var replica = await ReplicaUnderTest.StartAsync(model);
        await replica.Host.WarmedUp.WaitAsync(Ct);
        var (number, warm) = model.Blocks!.Snapshot();
        const string Prompt = "Once upon a time there was a girl who lived in a big house with a dog and a cat and many, many other friends.";
        var tokenized = await replica.PostForJsonAsync("/v1/tokenize", $$"""{"prompt":"{{Prompt}}"}""");
        int[] tokens = [.. tokenized["tokens"]!.AsArray().Select(id => (int)id!)];
        var hash = BlockHash.Root(adapter: null);
        var hashes = tokens.Chunk(BlockHash.PageTokens).Where(page => page.Length == BlockHash.PageTokens).Select(page => (hash = hash.Next(page)).ToString()).ToList();

        async Task<int> CachedAsync() => (int)(await replica.PostForJsonAsync("/v1/completions", $$"""{"prompt":"{{Prompt}}","max_tokens":1}"""))["usage"]!["prompt_tokens_details"]!["cached_tokens"]!;
        await using var follower = await KvFollower.StartAsync(replica);
        int before = await CachedAsync();
        await follower.CatchUpAsync(number + hashes.Count);
        int after = await CachedAsync();

        Assert.InRange(hashes.Count, 2, 10);
        Assert.Equal(hashes.Order(), follower.Blocks.Except(warm.Select(block => block.ToString())).Order());
        Assert.Equal((0, hashes.Count * BlockHash.PageTokens), (before, after));
    }

    [Fact]
    public async Task Who_reads_too_slowly_is_told_to_start_again_and_recovers()
    {
        var feed = new BlockFeed(kept: 64);
        await using var replica = await ReplicaUnderTest.StartAsync(new ScriptedModel { Blocks = feed });
        var (connection, read) = await KvFollower.ConnectAsync(replica);
        using var socket = connection;
        await using var follower = read();
        await follower.ReadUntilAsync(now => now.Loads.Count > 0, "the first load");

        // 200,000 changes are some 8 MB on the wire, more than the buffers on the way hold, and nobody reads.
        for (int i = 0; i < 100_000; i++)
        {
            feed.Change(new BlockHash((UInt128)(i % 700)), stored: true);
            if (i >= 600)
                feed.Change(new BlockHash((UInt128)((i - 600) % 700)), stored: false);
        }
        await follower.CatchUpAsync(feed.Snapshot().Number);
        feed.Change(new BlockHash(UInt128.MaxValue), stored: true);
        await follower.CatchUpAsync(feed.Snapshot().Number);

        Assert.Equal("start", follower.Resets[0]);
        Assert.Contains("behind", follower.Resets);
        Assert.Equal(601, follower.Blocks.Count);
        Assert.Equal(feed.Snapshot().Blocks.Select(block => block.ToString()).Order(), follower.Blocks.Order());
    }

    [Fact]
    public async Task The_load_comes_at_once_and_again_and_again()
    {
        var statistics = new ModelStatistics { Running = 2, Waiting = 3, Generation = new GenerationStatistics { KvPagesUsed = 4, KvPages = 5 } };
        await using var replica = await ReplicaUnderTest.StartAsync(
            new ScriptedModel { Blocks = new BlockFeed(), Statistics = statistics }, new ReplicaOptions { LoadEvery = TimeSpan.FromMilliseconds(20) });
        await using var follower = await KvFollower.StartAsync(replica);

        await follower.ReadUntilAsync(now => now.Loads.Count == 5, "five loads");

        Assert.All(follower.Loads, load => Assert.Equal((2, 3, 4, 5), (load.Running, load.Waiting, load.KvPagesUsed, load.KvPages)));
    }

    [Fact]
    public async Task Only_so_many_may_listen_and_who_goes_makes_room()
    {
        await using var replica = await ReplicaUnderTest.StartAsync(new ScriptedModel { Blocks = new BlockFeed() }, new ReplicaOptions { MaxListeners = 2, LoadEvery = TimeSpan.FromMilliseconds(20) });
        await using var stays = await KvFollower.StartAsync(replica);
        var (goes, _) = await KvFollower.ConnectAsync(replica);

        using (goes)
        {
            await Eventually.SeesAsync(async () => await StatusAsync() == HttpStatusCode.TooManyRequests ? "full" : null, () => "there is room");
        }
        await Eventually.SeesAsync(async () => await StatusAsync() == HttpStatusCode.OK ? "room" : null, () => "full");

        async Task<HttpStatusCode> StatusAsync()
        {
            using var response = await replica.Client.GetAsync("/v1/kv/events", HttpCompletionOption.ResponseHeadersRead, Ct);
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
                Assert.Equal(("too_many_listeners", TimeSpan.FromSeconds(1)), (await CodeAsync(response), response.Headers.RetryAfter!.Delta));
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task The_stream_ends_when_the_replica_begins_to_drain()
    {
        var model = new ScriptedModel { Blocks = new BlockFeed() };
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model, new ReplicaOptions { DrainFor = TimeSpan.FromMinutes(5) });
        var gate = new TaskCompletionSource();
        model.Script = (_, ct) => ScriptedModel.Gated("one", gate.Task, "two", ct);
        using var running = await replica.PostAsync("/v1/completions", """{"prompt":"x","stream":true}""");
        await using var follower = await KvFollower.StartAsync(replica);

        var stopping = replica.Host.DisposeAsync().AsTask();
        await follower.ReadUntilAsync(now => now.Done, "[DONE]");
        Assert.False(stopping.IsCompleted);
        gate.SetResult();

        await stopping.WaitAsync(TimeSpan.FromSeconds(20), Ct);
    }

    [Fact]
    public async Task Without_a_prefix_cache_there_is_nothing_to_follow()
    {
        await using var model = Load(new EngineOptions { PrefixCache = false });
        await using var text = await ReplicaUnderTest.StartAsync(model);
        await using var embeddings = await ReplicaUnderTest.StartAsync(new ScriptedEmbeddings());

        using var off = await text.Client.GetAsync("/v1/kv/events", Ct);
        using var none = await embeddings.Client.GetAsync("/v1/kv/events", Ct);

        Assert.Equal((HttpStatusCode.NotFound, "no_prefix_cache"), (off.StatusCode, await CodeAsync(off)));
        Assert.Equal((HttpStatusCode.NotFound, "unknown_path"), (none.StatusCode, await CodeAsync(none)));
    }

    private static LocalTextModel Load(EngineOptions? options = null) => LocalTextModel.Load(Repository.File("tests", "Data", "stories260K", "stories260K-F32.gguf"), options);

    private static async Task<string> CodeAsync(HttpResponseMessage response)
        => (string)JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["error"]!["code"]!;
}
