using Orrery.Local.Home;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>The logs of one workload that is no more.</summary>
/// <param name="LastWrite">Of its youngest file.</param>
internal sealed record DeadLog(string Folder, DateTimeOffset LastWrite, long Bytes);

/// <summary>Logs of deleted workloads stay for a while, to be looked at, and then go.</summary>
internal static class DeadLogs
{
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    /// <summary>Of all deleted workloads together; the oldest go first.</summary>
    public const long MaxBytes = 256L * 1024 * 1024;

    /// <summary>Which of them go. Pure.</summary>
    public static IReadOnlyList<DeadLog> Doomed(IEnumerable<DeadLog> dead, DateTimeOffset now)
    {
        long kept = 0;
        var doomed = new List<DeadLog>();
        foreach (var log in dead.OrderByDescending(d => d.LastWrite))
        {
            if (now - log.LastWrite > KeptFor || kept + log.Bytes > MaxBytes)
                doomed.Add(log);
            else
                kept += log.Bytes;
        }
        return doomed;
    }

    /// <summary>Removes them, and folders of namespaces that are empty then.</summary>
    /// <param name="living">Workloads that are applied.</param>
    /// <exception cref="IOException">One cannot be removed, or somebody writes there now.</exception>
    public static void Remove(HomeFolder home, IEnumerable<WorkloadKey> living, DateTimeOffset now)
    {
        var kept = living.Select(key => new WorkloadFolders(home, key).Logs).ToHashSet(StringComparer.Ordinal);
        var dead = Directory.GetDirectories(home.Logs).SelectMany(Directory.GetDirectories).Where(f => !kept.Contains(f)).Select(Look).ToList();
        foreach (var doomed in Doomed(dead, now))
            Directory.Delete(doomed.Folder, recursive: true);
        foreach (string ns in Directory.GetDirectories(home.Logs).Where(f => !Directory.EnumerateFileSystemEntries(f).Any()))
            Directory.Delete(ns);
    }

    private static DeadLog Look(string folder)
    {
        var files = new DirectoryInfo(folder).GetFiles("*", SearchOption.AllDirectories);
        var last = files.Select(f => f.LastWriteTimeUtc).Append(Directory.GetLastWriteTimeUtc(folder)).Max();
        return new DeadLog(folder, last, files.Sum(f => f.Length));
    }
}
