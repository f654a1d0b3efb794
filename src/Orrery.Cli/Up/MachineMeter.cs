using System.Globalization;
using Orrery.Api.Metrics;

namespace Orrery.Cli.Up;

/// <summary>What this machine uses as a whole, by Linux' own count.</summary>
internal static class MachineMeter
{
    // USER_HZ: the same on every architecture that .NET runs on.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    // Of the first line of proc/stat, from its second word on: user, nice, system, idle, waiting for disks, interrupts of both sorts.
    // What comes after was another machine's time, or is in user already.
    private static readonly int[] Busy = [0, 1, 2, 5, 6];

    /// <returns>Null: this system does not tell.</returns>
    public static MachineUse? Read(string node)
    {
        try
        {
            return Parse(node, File.ReadAllText("/proc/meminfo"), File.ReadAllText("/proc/stat"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc cref="Read"/>
    internal static MachineUse? Parse(string node, string meminfo, string stat)
    {
        var times = stat.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (times is not ["cpu", ..] || Kibibytes(meminfo, "MemTotal:") is not { } total || Kibibytes(meminfo, "MemAvailable:") is not { } available)
            return null;
        long[] ticks = [.. times.Skip(1).Select(t => Number(t) ?? 0)];
        return new MachineUse(node, (total - available) * 1024, Busy.Where(i => i < ticks.Length).Sum(i => ticks[i]) * Tick);
    }

    private static long? Kibibytes(string meminfo, string name)
        => meminfo.Split('\n').FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var number, ..] ? Number(number) : null;

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
