using System.Collections.Concurrent;
using Orrery.Storage.Origins;

namespace Orrery.ModelAgent.Downloads;

/// <summary>What all fetches of an agent share.</summary>
/// <param name="Connections">Places for questions to origins, of all models together.</param>
/// <param name="PerFile">Segments of one file at once.</param>
internal sealed record FetchLimits(PriorityGate Connections, int PerFile, int SegmentBytes, RetryPlan Retries);

/// <summary>
/// Fetches one file into a partial file: segments in parallel, each tried again from where it ended, then the digest over all of it.
/// <code>
///   missing segments ─▶ workers ─▶ (a place at the gate) ─▶ origin ─▶ bytes at their place ─▶ journal
///                          ▲            wait, again ◀── busy, unavailable, broken
/// </code>
/// </summary>
internal sealed class FileFetch(FetchLimits limits, TimeProvider time, Random random)
{
    // A server that breaks off after each few bytes would otherwise be asked without end.
    private const int MaxTriesPerSegment = 200;

    /// <param name="stem">Of the partial file.</param>
    /// <param name="troubles">Gets what went wrong and is tried again.</param>
    /// <returns>The SHA-256 of the file, which is complete, synced, and what the origin says it is.</returns>
    /// <exception cref="OriginException">It could not be had.</exception>
    public async Task<string> FetchAsync(
        IOrigin origin, ListedFile file, string stem, string identity, int priority, TransferProgress progress, Action<string> troubles, CancellationToken ct)
    {
        for (int round = 1; ; round++)
        {
            bool resumed;
            using (var partial = PartialFile.Open(stem, identity, file.Bytes, limits.SegmentBytes))
            {
                long held = partial.CompleteBytes;
                resumed = held > 0;
                progress.Found(held);
                if (!await SegmentsAsync(origin, file, partial, priority, progress, troubles, ct))
                    await WholeAsync(origin, file, partial, priority, progress, troubles, ct);
                partial.Flush();
            }
            var (sha256, problem) = await FileDigests.CheckAsync(stem + ".bytes", file, ct);
            if (problem is null)
                return sha256;
            progress.Found(-file.Bytes);
            PartialFile.Delete(stem);
            // What an earlier process left may be bad where the origin is good: once more from nothing.
            if (!resumed || round > 1)
                throw new OriginException(OriginFault.Refused, $"{problem}; the origin gives other bytes than it announces");
            troubles($"{problem}; it is fetched again from its beginning");
        }
    }

    /// <returns>False: the origin gives no ranges.</returns>
    private async Task<bool> SegmentsAsync(
        IOrigin origin, ListedFile file, PartialFile partial, int priority, TransferProgress progress, Action<string> troubles, CancellationToken ct)
    {
        var missing = new ConcurrentQueue<int>(partial.Missing);
        int workers = Math.Min(limits.PerFile, missing.Count);
        if (workers == 0)
            return true;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        OriginException? first = null;
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => WorkAsync()));
        ct.ThrowIfCancellationRequested();
        return first switch
        {
            null => true,
            { Fault: OriginFault.NoRanges } => false,
            _ => throw first,
        };

        async Task WorkAsync()
        {
            try
            {
                while (!stop.IsCancellationRequested && missing.TryDequeue(out int segment))
                {
                    await ReadAsync(origin, file, partial, partial.RangeOf(segment), priority, progress, troubles, stop.Token);
                    partial.MarkComplete(segment);
                }
            }
            catch (OriginException e)
            {
                Interlocked.CompareExchange(ref first, e, null);
                await stop.CancelAsync();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Another worker met what ends this file, or the caller gave up; both are told above.
            }
            catch
            {
                await stop.CancelAsync();
                throw;
            }
        }
    }

    /// <summary>In one piece from the beginning, and from the beginning again when it breaks off.</summary>
    private async Task WholeAsync(
        IOrigin origin, ListedFile file, PartialFile partial, int priority, TransferProgress progress, Action<string> troubles, CancellationToken ct)
    {
        progress.Found(-partial.CompleteBytes);
        for (int failures = 1; ; failures++)
        {
            long at = 0;
            try
            {
                using var place = await limits.Connections.EnterAsync(priority, ct);
                await origin.ReadAsync(file, new ByteRange(0, file.Bytes), Take, ct);
                return;
            }
            catch (OriginException e)
            {
                progress.Found(-at);
                if (limits.Retries.Next(e.Fault, failures, e.RetryAfter, random.NextDouble()) is not { } wait)
                    throw;
                troubles(e.Message);
                await Task.Delay(wait, time, ct);
            }

            async ValueTask Take(ReadOnlyMemory<byte> bytes)
            {
                await partial.WriteAsync(at, bytes, ct);
                at += bytes.Length;
                progress.Received(bytes.Length);
            }
        }
    }

    private async Task ReadAsync(
        IOrigin origin, ListedFile file, PartialFile partial, ByteRange range, int priority, TransferProgress progress, Action<string> troubles, CancellationToken ct)
    {
        long at = range.Offset;
        int failures = 0;
        for (int tries = 1; at < range.End; tries++)
        {
            long before = at;
            try
            {
                using var place = await limits.Connections.EnterAsync(priority, ct);
                await origin.ReadAsync(file, new ByteRange(at, range.End - at), Take, ct);
            }
            catch (OriginException e)
            {
                if (e.Fault == OriginFault.NoRanges)
                    progress.Found(range.Offset - at);
                failures = at > before ? 1 : failures + 1;
                if (tries >= MaxTriesPerSegment || limits.Retries.Next(e.Fault, failures, e.RetryAfter, random.NextDouble()) is not { } wait)
                    throw;
                troubles(e.Message);
                await Task.Delay(wait, time, ct);
            }
        }

        async ValueTask Take(ReadOnlyMemory<byte> bytes)
        {
            await partial.WriteAsync(at, bytes, ct);
            at += bytes.Length;
            progress.Received(bytes.Length);
        }
    }
}
