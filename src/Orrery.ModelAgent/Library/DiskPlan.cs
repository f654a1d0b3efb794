using System.Globalization;

namespace Orrery.ModelAgent.Library;

/// <summary>Whether there is room for a download, and what has to go for it. Pure.</summary>
internal abstract record DiskPlan
{
    private DiskPlan()
    {
    }

    /// <param name="Evict">Least recently used first; empty: there is room.</param>
    public sealed record Fits(IReadOnlyList<VersionRecord> Evict) : DiskPlan;

    /// <param name="Problem">Figures, and what to do.</param>
    public sealed record TooLittle(string Problem) : DiskPlan;

    /// <param name="needed">Bytes that will be written.</param>
    /// <param name="free">Bytes that the disk has for us: without what other downloads will still write.</param>
    /// <param name="keepFree">Bytes of the disk that are never used.</param>
    /// <param name="taken">Bytes that models take now, and that downloads under way will.</param>
    /// <param name="budget">Bytes that models may take; null: as many as there are.</param>
    /// <param name="all">Every version that is here.</param>
    /// <param name="mayGo">Neither in use nor pinned.</param>
    /// <param name="held">Contents that downloads build on: they stay whatever goes.</param>
    public static DiskPlan For(
        long needed, long free, long keepFree, long taken, long? budget, IReadOnlyList<VersionRecord> all, Func<VersionRecord, bool> mayGo, IReadOnlySet<string> held)
    {
        long missing = Math.Max(needed + keepFree - free, budget is { } most ? taken + needed - most : 0);
        if (missing <= 0)
            return new Fits([]);

        var users = held.ToDictionary(content => content, _ => 1);
        foreach (var file in all.SelectMany(Contents))
            users[file.Key] = users.GetValueOrDefault(file.Key) + 1;
        List<VersionRecord> evict = [];
        long freed = 0;
        foreach (var version in all.Where(mayGo).OrderBy(v => v.LastUsed).ThenBy(v => v.Owner, StringComparer.Ordinal).ThenBy(v => v.Key, StringComparer.Ordinal))
        {
            evict.Add(version);
            foreach (var (content, bytes) in Contents(version))
            {
                // Bytes that others share are freed with the last of them.
                if (--users[content] == 0)
                    freed += bytes;
            }
            if (freed >= missing)
                return new Fits(Needed(evict, all, held, missing));
        }
        string limit = budget is { } b && taken + needed - b > needed + keepFree - free
            ? $"models may take {Shown(b)} (models.maxBytes) and take {Shown(taken)}"
            : $"the disk has {Shown(Math.Max(free, 0))} free, of which {Shown(keepFree)} stay free (models.minFreeBytes)";
        return new TooLittle($"{Shown(needed)} are to be fetched, and {limit}; unused models would free {Shown(freed)}. Delete models or services, or make room on the disk");
    }

    /// <summary>Without those whose going turned out to free nothing that is needed.</summary>
    private static List<VersionRecord> Needed(List<VersionRecord> evict, IReadOnlyList<VersionRecord> all, IReadOnlySet<string> held, long missing)
    {
        var kept = evict.ToList();
        foreach (var version in evict)
        {
            var without = kept.Where(v => v != version).ToList();
            if (Freed(without, all, held) >= missing)
                kept = without;
        }
        return kept;
    }

    /// <summary>Bytes that come free when some of all versions go.</summary>
    /// <param name="held">Contents that stay all the same.</param>
    public static long Freed(IReadOnlyList<VersionRecord> gone, IReadOnlyList<VersionRecord> all, IReadOnlySet<string> held)
    {
        var staying = all.Where(v => !gone.Contains(v)).SelectMany(Contents).Select(c => c.Key).Concat(held).ToHashSet();
        return gone.SelectMany(Contents).DistinctBy(c => c.Key).Where(c => !staying.Contains(c.Key)).Sum(c => c.Value);
    }

    private static IEnumerable<KeyValuePair<string, long>> Contents(VersionRecord version)
        => version.Evicted is null ? version.Files.DistinctBy(f => f.Sha256).Select(f => KeyValuePair.Create(f.Sha256, f.Bytes)) : [];

    private static string Shown(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024 * 1024):0.##} GiB");
}
