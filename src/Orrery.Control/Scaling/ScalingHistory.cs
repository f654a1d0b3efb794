using System.Collections.Immutable;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Scaling;

/// <summary>
/// What scaling remembers of a component, at most <see cref="MaxSamples"/> samples however often it is asked: looks that lie close together share one, which keeps
/// the least and the most that they wanted.
/// </summary>
public sealed record ScalingHistory
{
    public const int MaxSamples = 120;

    /// <summary>Arrivals and processor time are averages over so long.</summary>
    internal static TimeSpan RateWindow { get; } = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LeastProcessorTime = TimeSpan.FromSeconds(15);

    private ScalingHistory(int replicas, DateTimeOffset now, ImmutableList<Sample> samples)
    {
        Replicas = replicas;
        RampFrom = replicas;
        RampSince = now;
        Samples = samples;
    }

    /// <summary>As if what runs had been wanted until now.</summary>
    public static ScalingHistory Beginning(int running, DateTimeOffset now) => new(running, now, [new Sample(now, now, running, running, null)]);

    /// <summary>Decided last.</summary>
    public int Replicas { get; private init; }

    /// <summary>How many there were when the present step of growth began.</summary>
    internal int RampFrom { get; private init; }

    internal DateTimeOffset RampSince { get; private init; }

    /// <summary>Oldest first.</summary>
    internal ImmutableList<Sample> Samples { get; private init; }

    private ImmutableDictionary<string, ProcessorMark> Processors { get; init; } = ImmutableDictionary<string, ProcessorMark>.Empty;

    /// <param name="Until">The last of the looks that share it.</param>
    /// <param name="Arrived">Requests since start, at its end. Null: nobody looked.</param>
    internal sealed record Sample(DateTimeOffset From, DateTimeOffset Until, int Least, int Most, long? Arrived);

    /// <param name="Share">Of one processor, over the time before this mark. Null: not known yet.</param>
    private sealed record ProcessorMark(DateTimeOffset At, TimeSpan Time, double? Share);

    /// <param name="longest">How far back anybody will ask.</param>
    internal ScalingHistory Add(DateTimeOffset now, int wanted, long arrived, TimeSpan longest)
    {
        var kept = Samples.RemoveAll(s => s.Until < now - longest);
        if (kept.Count > 0 && kept[^1] is var last && now - last.From < longest / (MaxSamples - 20))
            return this with { Samples = kept.SetItem(kept.Count - 1, new Sample(last.From, now, Math.Min(last.Least, wanted), Math.Max(last.Most, wanted), arrived)) };
        if (kept.Count >= MaxSamples)
            kept = kept.RemoveAt(0).SetItem(0, kept[1] with { Least = Math.Min(kept[0].Least, kept[1].Least), Most = Math.Max(kept[0].Most, kept[1].Most) });
        return this with { Samples = kept.Add(new Sample(now, now, wanted, wanted, arrived)) };
    }

    /// <param name="step">So long after its begin a step of growth is over, and the next one starts from what is there.</param>
    internal ScalingHistory Decided(int replicas, DateTimeOffset now, TimeSpan step)
        => replicas <= Replicas ? this with { Replicas = replicas, RampFrom = Math.Min(RampFrom, replicas) }
            : now - RampSince >= step ? this with { Replicas = replicas, RampFrom = Replicas, RampSince = now }
            : this with { Replicas = replicas };

    internal int RampFromAt(DateTimeOffset now, TimeSpan step) => now - RampSince >= step ? Replicas : RampFrom;

    internal int Most(DateTimeOffset now, TimeSpan window, int wanted) => Samples.Where(s => s.Until > now - window).Select(s => s.Most).Append(wanted).Max();

    internal int Least(DateTimeOffset now, TimeSpan window, int wanted) => Samples.Where(s => s.Until > now - window).Select(s => s.Least).Append(wanted).Min();

    /// <summary>Requests per second, over the last minute as far as it was seen.</summary>
    internal double ArrivalRate(DateTimeOffset now, long arrived)
    {
        if (Samples.Find(s => s.Arrived is not null && s.Until >= now - RateWindow) is not { Arrived: { } before } first)
            return 0;
        // A rate over an instant is none: ten seconds at least.
        return Math.Max(0, arrived - before) / Math.Max((now - first.Until).TotalSeconds, 10);
    }

    internal ScalingHistory Used(DateTimeOffset now, IReadOnlyList<ReplicaUsage> usage)
    {
        var marks = ImmutableDictionary.CreateBuilder<string, ProcessorMark>();
        foreach (var replica in usage)
        {
            var before = Processors.GetValueOrDefault(replica.Replica);
            marks[replica.Replica] = before is null || replica.ProcessorTime < before.Time ? new ProcessorMark(now, replica.ProcessorTime, null)
                : now - before.At < LeastProcessorTime ? before
                : new ProcessorMark(now, replica.ProcessorTime, (replica.ProcessorTime - before.Time) / (now - before.At));
        }
        return this with { Processors = marks.ToImmutable() };
    }

    /// <summary>Of one processor. Null: not known yet.</summary>
    internal double? ProcessorShare(string replica) => Processors.GetValueOrDefault(replica)?.Share;
}
