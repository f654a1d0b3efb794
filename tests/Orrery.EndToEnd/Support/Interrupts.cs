using System.Globalization;

namespace Orrery.EndToEnd.Support;

/// <summary>Whether this process was started so that SIGINT does nothing, as <c>nohup ./test &amp;</c> does from a script.</summary>
internal static class Interrupts
{
    private const ulong Interrupt = 1UL << (2 - 1);

    public static bool AreIgnored { get; } = File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } line
        && (ulong.Parse(line["SigIgn:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & Interrupt) != 0;
}
