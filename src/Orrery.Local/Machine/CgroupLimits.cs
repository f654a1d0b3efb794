using System.Globalization;

namespace Orrery.Local.Machine;

/// <summary>What control groups, of version 1 or 2, allow this process. Null: no limit.</summary>
internal sealed record CgroupLimits(long? MemoryBytes, long? MilliCpus)
{
    // Version 1 says "no limit" with a number near the largest that there is.
    private const long NoLimit = long.MaxValue / 2;

    public static CgroupLimits None { get; } = new(null, null);

    /// <summary>
    /// Folders whose limits count, below the root of the machine's files: the process's own group and all above it. In a container the
    /// group's own folder is often what the mount shows as its root, so that is looked at too.
    /// </summary>
    /// <param name="cgroup">The text of <c>/proc/self/cgroup</c>.</param>
    public static IEnumerable<string> Folders(string cgroup)
    {
        foreach (string line in cgroup.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(':', 3) is not [_, var controllers, var path])
                continue;
            foreach (string controller in controllers.Length == 0 ? ["", "unified"] : controllers.Split(',').Intersect(["memory", "cpu"]).SelectMany(c => new[] { c, controllers }).Distinct())
            {
                for (string at = path.Trim('/'); ; at = at.Contains('/') ? at[..at.LastIndexOf('/')] : "")
                {
                    yield return Path.Combine("sys/fs/cgroup", controller, at);
                    if (at.Length == 0)
                        break;
                }
            }
        }
    }

    /// <summary>The smallest of the limits that several groups set. Pure.</summary>
    public static CgroupLimits Smallest(IEnumerable<CgroupLimits> limits)
        => limits.Aggregate(None, (a, b) => new CgroupLimits(Smaller(a.MemoryBytes, b.MemoryBytes), Smaller(a.MilliCpus, b.MilliCpus)));

    /// <summary>The limits of one group from its files; an absent file is null. Pure.</summary>
    /// <param name="read">Name of a file in the group's folder to its text.</param>
    public static CgroupLimits Parse(Func<string, string?> read)
    {
        var memory = Number(read("memory.max")) ?? Number(read("memory.limit_in_bytes"));
        long? cpu = read("cpu.max")?.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries) is [var quota, var period]
            ? MilliCpusOf(Number(quota), Number(period))
            : MilliCpusOf(Number(read("cpu.cfs_quota_us")), Number(read("cpu.cfs_period_us")));
        return new CgroupLimits(memory is > 0 and < NoLimit ? memory : null, cpu);
    }

    private static long? MilliCpusOf(long? quota, long? period) => quota is > 0 and < NoLimit / 1000 && period > 0 ? quota * 1000 / period : null;

    private static long? Smaller(long? a, long? b) => a is null ? b : b is null ? a : Math.Min(a.Value, b.Value);

    // "max" is no number.
    private static long? Number(string? text)
        => long.TryParse(text?.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;
}
