using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Orrery.Control.Loop;
using Orrery.Resources;

namespace Orrery.Control.Serving.External;

/// <summary>
/// The last answer of every server that runs elsewhere, in memory. Controllers look; a trigger asks again and again, so many at once and no more, and tells whose answer changed.
/// Safe for use by several threads.
/// </summary>
/// <param name="random">Spreads the questions over time.</param>
internal sealed class ExternalBoard(IExternalProbe probe, TimeProvider time, Random random)
{
    private const int MaxAtOnce = 32;

    private readonly Lock _lock = new();
    private readonly Dictionary<ResourceKey, Entry> _entries = [];
    private readonly WorkQueue _due = new(time);

    private sealed record Entry(ExternalQuestion Question, ExternalAnswer? Answer, int Failures);

    /// <summary>The last answer to this question; null: none came yet, and it is asked now.</summary>
    public ExternalAnswer? Look(ResourceKey service, ExternalQuestion question)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(service, out var entry) && entry.Question == question)
                return entry.Answer;
            _entries[service] = new Entry(question, null, 0);
        }
        _due.Add(service);
        return null;
    }

    public void Forget(ResourceKey service)
    {
        lock (_lock)
            _entries.Remove(service);
    }

    /// <summary>Asks until cancelled; yields the services whose answer is another than before.</summary>
    public async IAsyncEnumerable<ResourceKey> FollowAsync([EnumeratorCancellation] CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        // One at most for each answer that came.
        var changed = Channel.CreateUnbounded<ResourceKey>();
        var asking = Enumerable.Range(0, MaxAtOnce).Select(_ => AskAsync(changed.Writer, stop.Token)).ToList();
        try
        {
            await foreach (var service in changed.Reader.ReadAllAsync(ct))
                yield return service;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(asking);
        }
    }

    private async Task AskAsync(ChannelWriter<ResourceKey> changed, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                var service = await _due.TakeAsync(ct);
                try
                {
                    if (await AskAsync(service, ct))
                        changed.TryWrite(service);
                }
                finally
                {
                    _due.Done(service);
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The end.
        }
        catch (Exception e)
        {
            // A bug: whoever reads hears of it and begins anew.
            changed.TryComplete(e);
        }
    }

    private async Task<bool> AskAsync(ResourceKey service, CancellationToken ct)
    {
        Entry? asked;
        lock (_lock)
            asked = _entries.GetValueOrDefault(service);
        if (asked is null)
            return false;
        int failures = asked.Failures;
        try
        {
            var answer = await probe.AskAsync(asked.Question, ct);
            failures = answer is ExternalAnswer.Fails ? failures + 1 : 0;
            lock (_lock)
            {
                // Another question meanwhile is on its way by itself.
                if (_entries.GetValueOrDefault(service) != asked)
                    return false;
                _entries[service] = asked with { Answer = answer, Failures = failures };
                return answer != asked.Answer;
            }
        }
        finally
        {
            double spread;
            lock (_lock)
                spread = random.NextDouble();
            _due.AddAfter(service, ProbeSchedule.Next(failures, spread));
        }
    }
}
