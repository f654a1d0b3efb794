using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Orrery.Wire.KvEvents;
using Orrery.Wire.Sse;

namespace Orrery.Replica.Tests;

/// <summary>What a router knows that follows /v1/kv/events, put together from nothing but the events. It insists on their order.</summary>
internal sealed class KvFollower(IAsyncEnumerator<SseEvent> events) : IAsyncDisposable
{
    private bool _complete;

    public HashSet<string> Blocks { get; } = [];

    public long Sequence { get; private set; } = -1;

    public List<string> Resets { get; } = [];

    public List<KvEvent.Load> Loads { get; } = [];

    /// <summary>The stream said [DONE].</summary>
    public bool Done { get; private set; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<KvFollower> StartAsync(ReplicaUnderTest replica)
    {
        var response = await replica.Client.GetAsync("/v1/kv/events", HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
        return Reading(await response.Content.ReadAsStreamAsync(Ct));
    }

    /// <summary>A connection that is read only as far as the test does: nothing in between reads ahead.</summary>
    public static async Task<(Socket Connection, Func<KvFollower> Read)> ConnectAsync(ReplicaUnderTest replica)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(System.Net.IPAddress.Loopback, new Uri(replica.Host.Address).Port, Ct);
        await socket.SendAsync(Encoding.ASCII.GetBytes("GET /v1/kv/events HTTP/1.0\r\n\r\n"), Ct);
        return (socket, () => Reading(new NetworkStream(socket)));
    }

    /// <summary>Reads on until what it knows is as wanted.</summary>
    public async Task ReadUntilAsync(Func<KvFollower, bool> enough, string what)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        bound.CancelAfter(TimeSpan.FromSeconds(60));
        while (!enough(this))
        {
            var next = events.MoveNextAsync().AsTask();
            try
            {
                if (!await next.WaitAsync(bound.Token))
                    throw new InvalidOperationException($"The stream ended before {what}: at {Sequence} with {Blocks.Count} blocks.");
            }
            catch (OperationCanceledException) when (!Ct.IsCancellationRequested)
            {
                throw new TimeoutException($"Not within 60 s: {what}. At {Sequence} with {Blocks.Count} blocks after {Loads.Count} loads.");
            }
            Take(events.Current.Data);
        }
    }

    public Task CatchUpAsync(long sequence) => ReadUntilAsync(follower => follower._complete && follower.Sequence >= sequence, $"change {sequence}");

    public ValueTask DisposeAsync() => events.DisposeAsync();

    private static KvFollower Reading(Stream stream) => new(SseReader.ReadAsync(stream, Ct).GetAsyncEnumerator(Ct));

    private void Take(string data)
    {
        if (data == "[DONE]")
        {
            Done = true;
            return;
        }
        switch (JsonSerializer.Deserialize(data, KvEventJson.Wire.KvEvent)!)
        {
            case KvEvent.Reset reset:
                Assert.Equal(16, reset.PageTokens);
                Assert.InRange(reset.Sequence, Sequence, long.MaxValue);
                (Sequence, _complete) = (reset.Sequence, false);
                Resets.Add(reset.Reason);
                Blocks.Clear();
                break;
            case KvEvent.Snapshot part:
                Assert.Equal((Sequence, false), (part.Sequence, _complete));
                Assert.All(part.Blocks, block => Assert.True(Blocks.Add(block), $"{block} comes twice in a snapshot"));
                _complete = part.Remaining == 0;
                break;
            case KvEvent.Stored stored:
                Assert.Equal((Sequence + stored.Blocks.Count, true), (stored.Sequence, _complete));
                Assert.All(stored.Blocks, block => Assert.True(Blocks.Add(block), $"{block} came and was there"));
                Sequence = stored.Sequence;
                break;
            case KvEvent.Removed removed:
                Assert.Equal((Sequence + removed.Blocks.Count, true), (removed.Sequence, _complete));
                Assert.All(removed.Blocks, block => Assert.True(Blocks.Remove(block), $"{block} went and was not there"));
                Sequence = removed.Sequence;
                break;
            case KvEvent.Load load:
                Assert.Equal(Sequence, load.Sequence);
                Loads.Add(load);
                break;
        }
    }
}
