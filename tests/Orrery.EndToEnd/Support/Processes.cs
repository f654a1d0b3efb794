using System.Globalization;

namespace Orrery.EndToEnd.Support;

/// <summary>What runs on this machine, from /proc.</summary>
internal static class Processes
{
    /// <summary>Pids of processes whose environment or command line holds the text; zombies do not count.</summary>
    public static IReadOnlyList<int> Mentioning(string text)
        => [.. Directory.EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out int pid) ? pid : 0)
            .Where(pid => pid > 0 && pid != Environment.ProcessId && (Read(pid, "cmdline").Contains(text, StringComparison.Ordinal) || Read(pid, "environ").Contains(text, StringComparison.Ordinal)))
            .Where(IsAlive)];

    public static bool IsAlive(int pid)
    {
        string stat = Read(pid, "stat");
        return stat.Length > 0 && stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
    }

    /// <summary>Process group.</summary>
    public static int GroupOf(int pid)
    {
        string stat = Read(pid, "stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[2], CultureInfo.InvariantCulture);
    }

    public static string CommandLine(int pid) => Read(pid, "cmdline").Replace('\0', ' ');

    private static string Read(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
