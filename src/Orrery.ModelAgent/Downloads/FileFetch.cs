using System.Collections.Concurrent;
using Orrery.Storage.Origins;

namespace Orrery.ModelAgent.Downloads;

/// <summary>What all fetches of an agent share.</summary>
/// <param name="Connections">Places for questions to origins, of all models together.</param>
/// <param name="PerFile">Segments of one file at once.</param>
internal sealed record FetchLimits(PriorityGate Connections, int PerFile, int SegmentBytes, RetryPlan Retries);

/// <summary>One file of an origin on its way into a partial file.</summary>
/// <param name="Stem">Of the partial file.</param>
/// <param name="Identity">What tells this file from any other of its name.</param>
/// <param name="Priority">Higher goes first where connections wait.</param>
/// <param name="Troubles">Gets what went wrong and is tried again.</param>
internal sealed record FileToFetch(IOrigin Origin, ListedFile File, string Stem, string Identity, int Priority, TransferProgress Progress, Action<string> Troubles);

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

    /// <returns>The SHA-256 of the file, which is complete, synced, and what the origin says it is.</returns>
    /// <exception cref="OriginException">It could not be had.</exception>
    public async Task<string> FetchAsync(FileToFetch wanted, CancellationToken ct)
    {
        var file = wanted.File;
        for (int round = 1; ; round++)
        {
            bool resumed;
            using (var partial = PartialFile.Open(wanted.Stem, wanted.Identity, file.Bytes, limits.SegmentBytes))
            {
                long held = partial.CompleteBytes;
                resumed = held > 0;
                wanted.Progress.Found(held);
                if (!await SegmentsAsync(wanted, partial, ct))
                {
                    wanted.Progress.Found(-partial.CompleteBytes);
                    await RangeAsync(wanted, partial, new ByteRange(0, file.Bytes), inOnePiece: true, ct);
                }
                partial.Flush();
            }
            var (sha256, problem) = await FileDigests.CheckAsync(wanted.Stem + ".bytes", file, ct);
            if (problem is null)
                return sha256;
            wanted.Progress.Found(-file.Bytes);
            PartialFile.Delete(wanted.Stem);
            // What an earlier process left may be bad where the origin is good: once more from nothing.
            if (!resumed || round > 1)
                throw new OriginException(OriginFault.Refused, $"{problem}; the origin gives other bytes than it announces");
            wanted.Troubles($"{problem}; it is fetched again from its beginning");
        }
    }

    /// <returns>False: the origin gives no ranges.</returns>
    private async Task<bool> SegmentsAsync(FileToFetch wanted, PartialFile partial, CancellationToken ct)
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
                    await RangeAsync(wanted, partial, partial.RangeOf(segment), inOnePiece: false, stop.Token);
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

    /// <param name="inOnePiece">True: what breaks off begins again at the range's beginning. False: it goes on where it was.</param>
    private async Task RangeAsync(FileToFetch wanted, PartialFile partial, ByteRange range, bool inOnePiece, CancellationToken ct)
    {
        long at = range.Offset;
        int failures = 0;
        for (int tries = 1; at < range.End; tries++)
        {
            long before = at;
            try
            {
                using var place = await limits.Connections.EnterAsync(wanted.Priority, ct);
                await wanted.Origin.ReadAsync(wanted.File, new ByteRange(at, range.End - at), Take, ct);
            }
            catch (OriginException e)
            {
                if (inOnePiece || e.Fault == OriginFault.NoRanges)
                {
                    wanted.Progress.Found(range.Offset - at);
                    at = range.Offset;
                }
                failures = at > before ? 1 : failures + 1;
                if (tries >= MaxTriesPerSegment || limits.Retries.Next(e.Fault, failures, e.RetryAfter, random.NextDouble()) is not { } wait)
                    throw;
                wanted.Troubles(e.Message);
                await Task.Delay(wait, time, ct);
            }
        }

        async ValueTask Take(ReadOnlyMemory<byte> bytes)
        {
            await partial.WriteAsync(at, bytes, ct);
            at += bytes.Length;
            wanted.Progress.Received(bytes.Length);
        }
    }
}
