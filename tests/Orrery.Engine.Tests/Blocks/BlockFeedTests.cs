using Orrery.Engine.Decoder.Cache;

namespace Orrery.Engine.Tests.Blocks;

public sealed class BlockFeedTests
{
    [Fact]
    public void Changes_follow_a_snapshot_without_gap_or_repetition()
    {
        var feed = new BlockFeed();
        Change(feed, +1, +2);
        var (number, blocks) = feed.Snapshot();
        Change(feed, -1, +3);

        Assert.Equal((2, 2), (number, blocks.Count));
        Assert.Equal([(1u, false), (3u, true)], Read(feed.Since(2, most: 10)!));
        Assert.Equal([(1u, false)], Read(feed.Since(2, most: 1)!));
        Assert.Empty(feed.Since(4, most: 10)!);
        Assert.Equal([2u, 3u], feed.Snapshot().Blocks.Select(block => (uint)block.Value).Order());
    }

    [Fact]
    public void Who_is_further_behind_than_is_kept_has_to_start_again()
    {
        var feed = new BlockFeed(kept: 3);
        Change(feed, +1, +2, +3, +4);

        Assert.Null(feed.Since(0, most: 10));
        Assert.Equal([(2u, true), (3u, true), (4u, true)], Read(feed.Since(1, most: 10)!));
    }

    [Fact]
    public async Task Who_waits_is_woken_by_the_next_change()
    {
        var feed = new BlockFeed();
        var next = feed.NextAsync(0);
        Assert.False(next.IsCompleted);

        Change(feed, +1);

        await next.WaitAsync(TimeSpan.FromSeconds(30), Stories.Ct);
        Assert.True(feed.NextAsync(0).IsCompletedSuccessfully);
        Assert.False(feed.NextAsync(1).IsCompleted);
    }

    [Fact]
    public async Task After_any_load_it_holds_what_the_page_table_holds_and_changes_lead_there_from_any_snapshot()
    {
        await using var model = Stories.Load("Q8_0", new EngineOptions { KvCacheBytes = 0, MaxContextTokens = 160, MaxSequences = 6, QueueLength = 200 });
        var random = new Random(20261122);
        var requests = Enumerable.Range(0, 80).Select(i => (Request: Request(random), Leaves: random.Next(4) == 0 ? random.Next(1, 20) : int.MaxValue)).ToList();
        var follower = new HashSet<BlockHash>();
        long at = 0;

        foreach (var group in requests.Chunk(20))
        {
            await Task.WhenAll(group.Select(client => Task.Run(async () =>
            {
                int pieces = 0;
                await foreach (var piece in model.GenerateAsync(client.Request, Stories.Ct))
                {
                    if (++pieces == client.Leaves)
                        break;
                }
            })));
            await Eventually.TrueAsync(() => model.Statistics.Running == 0, () => $"{model.Statistics.Running} still run");

            while (model.Blocks!.Since(at, most: 7) is { Count: > 0 } changes)
            {
                foreach (var change in changes)
                    Assert.True(change.Stored ? follower.Add(change.Hash) : follower.Remove(change.Hash), $"{change} changed nothing");
                at += changes.Count;
            }
            Assert.Equal(model.Pool.Table.Contents.Order(ByValue), follower.Order(ByValue));
            Assert.Equal((at, follower.Count), (model.Blocks.Snapshot().Number, model.Blocks.Snapshot().Blocks.Count));
        }
        // Ten pages cannot have held all of it.
        Assert.InRange(at, 3 * model.Pool.Pages, long.MaxValue);
    }

    private static Comparer<BlockHash> ByValue { get; } = Comparer<BlockHash>.Create((one, other) => one.Value.CompareTo(other.Value));

    private static TextRequest Request(Random random) => new()
    {
        Prompt = [1, .. Enumerable.Range(0, random.Next(8, 100)).Select(i => 300 + (i * (1 + random.Next(2)) % 100))],
        MaxTokens = random.Next(1, 40),
        Sampling = new SamplingOptions { Seed = random.Next() },
    };

    private static void Change(BlockFeed feed, params int[] changes)
    {
        foreach (int change in changes)
            feed.Change(new BlockHash((UInt128)(uint)Math.Abs(change)), stored: change > 0);
    }

    private static IEnumerable<(uint, bool)> Read(IEnumerable<BlockChange> changes) => changes.Select(change => ((uint)change.Hash.Value, change.Stored));
}
