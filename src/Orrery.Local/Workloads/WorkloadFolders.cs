using System.Security.Cryptography;
using System.Text;
using Orrery.Local.Home;
using Orrery.Local.Supervision;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>Where the logs and working directories of a workload's replicas lie.</summary>
internal sealed class WorkloadFolders(HomeFolder home, WorkloadKey key)
{
    /// <summary>Names of resources may be 253 long, names of files 255 with what is added to them.</summary>
    private const int MaxName = 150;
    private const int KeptLogs = 8;
    private const string LogSuffix = ".log";

    public string Logs { get; } = Path.Combine(home.Logs, Short(key.Namespace), Short(key.Name));

    private string Work { get; } = Path.Combine(home.Work, Short(key.Namespace), Short(key.Name));

    public string LogOf(string replica) => Path.Combine(Logs, Short(replica) + LogSuffix);

    public string WorkOf(string replica) => Path.Combine(Work, Short(replica));

    /// <summary>Names of the replicas that have logs, in the order in which they last wrote.</summary>
    public IReadOnlyList<string> LoggedReplicas()
    {
        if (!Directory.Exists(Logs))
            return [];
        return [.. new DirectoryInfo(Logs).EnumerateFiles($"*{LogSuffix}.*")
            .GroupBy(f => f.Name[..f.Name.LastIndexOf(LogSuffix, StringComparison.Ordinal)])
            .OrderBy(g => g.Max(f => f.LastWriteTimeUtc)).Select(g => g.Key)];
    }

    /// <summary>Logs of replicas that are no more are kept for the last few alone.</summary>
    public void PruneLogs(IEnumerable<string> living)
    {
        foreach (string replica in LoggedReplicas().Except(living.Select(Short)).SkipLast(KeptLogs))
        {
            foreach (int number in LogFile.Numbers(LogOf(replica)))
                File.Delete(LogFile.PathOf(LogOf(replica), number));
        }
    }

    /// <summary>The name as files carry it.</summary>
    public static string Short(string name)
        => name.Length <= MaxName ? name : $"{name[..(MaxName - 17)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 8))}";
}
