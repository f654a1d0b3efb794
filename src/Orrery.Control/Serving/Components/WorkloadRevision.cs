using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving.Components;

/// <summary>Hash of what needs new replicas when it changes: how they start, on what, and how they are known to be up. Not how many, how they are replaced, or labels. Pure.</summary>
internal static class WorkloadRevision
{
    /// <param name="uid">Of the service: one that was deleted and made again starts from nothing.</param>
    public static string Of(string uid, DateTimeOffset? restartedAt, Workload workload)
    {
        List<string> parts = [uid, workload.Component, workload.GroupSize.ToString(CultureInfo.InvariantCulture)];
        if (restartedAt is { } at)
            parts.Add($"restarted {at.UtcDateTime:O}");
        if (workload.Process is { } process)
        {
            parts.AddRange(["process", .. process.Command, "env", .. process.Env.SelectMany(Of), "in", process.WorkingDirectory ?? ""]);
        }
        if (workload.Container is { } container)
        {
            parts.AddRange(["container", container.Image, container.PullPolicy, container.Port.ToString(CultureInfo.InvariantCulture)]);
            parts.AddRange(["command", .. container.Command, "args", .. container.Args, "env", .. container.Env.SelectMany(Of), "in", container.WorkingDirectory ?? ""]);
            parts.AddRange(container.Mounts.Select(m => m.ToString()));
        }
        parts.AddRange([workload.Resources.ToString(), workload.Probe.ToString()]);
        // Each with its length, so that no two lists read alike.
        string all = string.Concat(parts.Select(p => $"{p.Length}:{p}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)).AsSpan(0, 5));
    }

    private static IEnumerable<string> Of(WorkloadVariable variable) => [variable.Name, variable.Value, variable.Secret?.ToString() ?? ""];
}
