using System.Net;
using System.Text;
using Orrery.Engine;
using Orrery.Engine.Statistics;
using Orrery.Wire.Sse;

namespace Orrery.Replica.Tests;

/// <summary>Clients of all sorts come, go and leave in the middle, for a long time; afterwards nothing is left of them.</summary>
[Collection(nameof(Alone))]
public sealed class SoakTests
{
    /// <summary>Memory is the process's: no other test may run meanwhile.</summary>
    [CollectionDefinition(nameof(Alone), DisableParallelization = true)]
    public sealed class Alone;

    private const int Clients = 12, RequestsOfEach = 12;

    // It grows by some ten kilobytes; one buffer kept of each request would be several megabytes.
    private const long MayGrowBytes = 1 << 20;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Memory_is_flat_and_the_cache_empty_after_clients_came_went_and_left_in_the_middle()
    {
        await using var model = LocalTextModel.Load(
            Repository.File("tests", "Data", "stories260K", "stories260K-Q8_0.gguf"), new EngineOptions { KvCacheBytes = 0, MaxContextTokens = 256, MaxSequences = 8, QueueLength = 12, Speculate = 4 });
        await using var replica = await ReplicaUnderTest.StartAsync(model);
        await replica.Host.WarmedUp.WaitAsync(Ct);
        await using var follower = await KvFollower.StartAsync(replica);

        // Buffers, pools, compiled schemas and code are made in the first round.
        var ends = await RoundAsync(replica, seed: 1);
        await RoundAsync(replica, seed: 2);
        long before = await MemoryAsync(model);
        for (int round = 3; round <= 4; round++)
        {
            foreach (var (end, count) in await RoundAsync(replica, seed: round))
                ends[end] = ends.GetValueOrDefault(end) + count;
        }
        long after = await MemoryAsync(model);

        var now = model.Statistics;
        Assert.InRange(after - before, long.MinValue, MayGrowBytes);
        Assert.Equal((0, 0, 0), (now.Running, now.Waiting, now.Generation!.KvPagesUsed));
        Assert.Equal(0, now.Ended[RequestEnd.Error]);
        Assert.All(Enum.GetValues<RequestEnd>().Except([RequestEnd.Error]), end => Assert.InRange(now.Ended[end], 1, long.MaxValue));
        Assert.All((string[])["whole", "left", "429"], end => Assert.True(ends.GetValueOrDefault(end) > 0, $"no client was {end}: {string.Join(", ", ends)}"));
        var (number, blocks) = model.Blocks!.Snapshot();
        await follower.CatchUpAsync(number);
        Assert.Equal(blocks.Select(block => block.ToString()).Order(), follower.Blocks.Order());
    }

    private static async Task<Dictionary<string, int>> RoundAsync(ReplicaUnderTest replica, int seed)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxResponseDrainSize = 0 }) { BaseAddress = replica.Client.BaseAddress };
        var ends = await Task.WhenAll(Enumerable.Range(0, Clients).Select(index => Task.Run(async () =>
        {
            var random = new Random((seed * 1000) + index);
            var own = new List<string>();
            for (int i = 0; i < RequestsOfEach; i++)
                own.Add(await AskAsync(client, random));
            return own;
        })));
        return ends.SelectMany(own => own).CountBy(end => end).ToDictionary();
    }

    /// <returns><c>whole</c>, <c>left</c>, or the status of a refusal.</returns>
    private static async Task<string> AskAsync(HttpClient client, Random random)
    {
        bool stream = random.Next(2) == 0;
        // Before the prompt is computed, while it is, or while pieces come.
        int? leaves = random.Next(3) == 0 ? random.Next(4) : null;
        using var going = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = new StringContent(Body(random, stream), Encoding.UTF8) };
        try
        {
            var asking = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, going.Token);
            if (leaves is { } yields && (yields == 0 || !stream))
            {
                for (int i = 0; i < yields * 20; i++)
                    await Task.Yield();
                await going.CancelAsync();
            }
            using var response = await asking;
            if (response.StatusCode != HttpStatusCode.OK)
                return $"{(int)response.StatusCode}";
            if (!stream)
            {
                await response.Content.ReadAsByteArrayAsync(going.Token);
                return "whole";
            }
            int events = 0;
            await foreach (var one in SseReader.ReadAsync(await response.Content.ReadAsStreamAsync(going.Token), going.Token))
            {
                if (++events == leaves)
                    return "left";
            }
            return "whole";
        }
        catch (OperationCanceledException) when (going.IsCancellationRequested && !Ct.IsCancellationRequested)
        {
            return "left";
        }
    }

    private static string Body(Random random, bool stream)
    {
        string prompt = string.Concat(Enumerable.Repeat("Once upon a time there was a girl. ", 1 + random.Next(8))) + (char)('A' + random.Next(26));
        int tokens = 1 + random.Next(60);
        string more = random.Next(4) switch
        {
            0 => $",\"n\":{2 + random.Next(2)}",
            1 => ",\"stop\":[\" the\"]",
            2 => ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"s\",\"schema\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":{\"type\":\"array\",\"items\":{\"type\":\"boolean\"}}},\"required\":[\"a\",\"b\"]}}}",
            _ => ",\"logprobs\":2",
        };
        return $$"""{"prompt":"{{prompt}}","max_tokens":{{tokens}},"seed":{{random.Next()}},"stream":{{(stream ? "true" : "false")}}{{more}}}""";
    }

    private static async Task<long> MemoryAsync(LocalTextModel model)
    {
        await Eventually.TrueAsync(() => model.Statistics is { Running: 0, Waiting: 0, Generation.KvPagesUsed: 0 }, () => $"{model.Statistics}");
        long least = long.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            least = Math.Min(least, GC.GetTotalMemory(forceFullCollection: true));
        }
        return least;
    }
}
