using Microsoft.AspNetCore.Http;
using Orrery.Engine;
using Orrery.Engine.Decoder.Cache;
using Orrery.Replica.Draining;
using Orrery.Wire.Http;
using Orrery.Wire.KvEvents;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Sse;

namespace Orrery.Replica.Blocks;

/// <summary>
/// <c>GET /v1/kv/events</c>: which starts of prompts the model has in its cache, and how busy it is, for routers. docs/kv-events.md has the format.
/// <code>
///   reset, snapshot… ──▶ stored, removed as they come, load every second ──▶ [DONE] when the replica drains
///          ▲──────────────────────────┘ a listener that fell behind
/// </code>
/// What a slow listener has not read stays in one bounded ring for all; see <see cref="BlockFeed"/>.
/// </summary>
internal sealed class BlockEvents(ITextModel model, ReplicaOptions options, Drain drain, TimeProvider time)
{
    private const int MostPerEvent = 512;

    private int _listeners;

    public async Task FollowAsync(HttpContext http)
    {
        if (drain.IsDraining)
        {
            await drain.RefuseAsync(http, Drain.Refused);
            return;
        }
        if (model.Blocks is not { } feed)
        {
            await Refusal.WriteAsync(http, new OpenAIError(404, "no_prefix_cache", $"{model.Card.Name} keeps no starts of prompts here; there is nothing to follow."));
            return;
        }
        try
        {
            if (Interlocked.Increment(ref _listeners) > options.MaxListeners)
            {
                await Refusal.WriteAsync(
                    http, new OpenAIError(429, "too_many_listeners", $"{options.MaxListeners} listeners follow this replica, the most that may. Close one first."), options.RetryAfter);
                return;
            }
            await StreamAsync(http, feed);
        }
        finally
        {
            Interlocked.Decrement(ref _listeners);
        }
    }

    private async Task StreamAsync(HttpContext http, BlockFeed feed)
    {
        http.Response.ContentType = SseWriter.ContentType;
        http.Response.Headers.CacheControl = "no-cache";
        var events = new SseWriter(http.Response.BodyWriter);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, drain.Begun);
        using var timer = new PeriodicTimer(options.LoadEvery, time);
        try
        {
            await RunAsync(events, feed, timer, either.Token);
        }
        catch (OperationCanceledException) when (drain.IsDraining && !http.RequestAborted.IsCancellationRequested)
        {
            await events.DoneAsync(http.RequestAborted);
        }
    }

    /// <summary>Until cancelled.</summary>
    private async Task RunAsync(SseWriter events, BlockFeed feed, PeriodicTimer timer, CancellationToken ct)
    {
        long at = await SnapshotAsync(events, feed, KvEvent.Reset.Start, ct);
        await LoadAsync(events, at, ct);
        var tick = timer.WaitForNextTickAsync(ct).AsTask();
        while (true)
        {
            if (tick.IsCompleted)
            {
                await tick;
                await LoadAsync(events, at, ct);
                tick = timer.WaitForNextTickAsync(ct).AsTask();
            }
            var changes = feed.Since(at, MostPerEvent);
            if (changes is null)
                at = await SnapshotAsync(events, feed, KvEvent.Reset.Behind, ct);
            else if (changes.Count > 0)
                at = await ChangesAsync(events, at, changes, ct);
            else
                await Task.WhenAny(feed.NextAsync(at), tick);
        }
    }

    /// <returns>The number of the last change that the listener knows now.</returns>
    private static async Task<long> SnapshotAsync(SseWriter events, BlockFeed feed, string reason, CancellationToken ct)
    {
        var (at, blocks) = feed.Snapshot();
        await WriteAsync(events, new KvEvent.Reset(at, reason, BlockHash.PageTokens), ct);
        for (int sent = 0; sent == 0 || sent < blocks.Count; sent += MostPerEvent)
        {
            var part = blocks.Skip(sent).Take(MostPerEvent).Select(block => block.ToString()).ToList();
            await WriteAsync(events, new KvEvent.Snapshot(at, part, Math.Max(0, blocks.Count - sent - part.Count)), ct);
        }
        return at;
    }

    /// <summary>Neighbours of one kind go into one event.</summary>
    private static async Task<long> ChangesAsync(SseWriter events, long at, IReadOnlyList<BlockChange> changes, CancellationToken ct)
    {
        for (int i = 0; i < changes.Count;)
        {
            bool stored = changes[i].Stored;
            var run = changes.Skip(i).TakeWhile(change => change.Stored == stored).Select(change => change.Hash.ToString()).ToList();
            (i, at) = (i + run.Count, at + run.Count);
            await WriteAsync(events, stored ? new KvEvent.Stored(at, run) : new KvEvent.Removed(at, run), ct);
        }
        return at;
    }

    private ValueTask LoadAsync(SseWriter events, long at, CancellationToken ct)
    {
        var now = model.Statistics;
        return WriteAsync(events, new KvEvent.Load(at, now.Running, now.Waiting, now.Generation?.KvPagesUsed ?? 0, now.Generation?.KvPages ?? 0), ct);
    }

    private static ValueTask WriteAsync(SseWriter events, KvEvent one, CancellationToken ct) => events.WriteAsync(one, KvEventJson.Wire.KvEvent, ct);
}
