using System.Text;
using System.Text.Json.Nodes;
using Orrery.Cli.Output;
using Orrery.Cli.Status;
using Orrery.Resources.Serving;
using Orrery.Resources.Text;

namespace Orrery.Cli.Describing;

/// <summary>The parts of an InferenceService as text, indented by two spaces. Pure.</summary>
internal static class ServicePartsText
{
    private const string None = "-";

    /// <summary>A row for each component, and under them how those ended that ended.</summary>
    public static string Components(IReadOnlyDictionary<string, ComponentStatus> components, DateTimeOffset now)
    {
        var rows = components.Select(c => (IReadOnlyList<string>)
        [
            c.Key,
            c.Value.Replicas ?? FormattableString.Invariant($"{c.Value.ReadyReplicas ?? 0}/{c.Value.DesiredReplicas ?? 0}"),
            c.Value.Revision ?? None,
            Traffic(c.Value.Traffic),
            c.Value.SelectedAccelerator is { AcceleratorClass: { } name } chosen ? FormattableString.Invariant($"{chosen.Count ?? 1} x {name}") : None,
        ]);
        var text = new StringBuilder(Description.Table(["COMPONENT", "REPLICAS", "REVISION", "TRAFFIC", "ACCELERATORS"], rows));
        foreach (var (name, component) in components)
        {
            if (component.LastExit is { } exit)
                text.Append(Exit(name, exit, now));
        }
        return text.ToString();
    }

    /// <param name="pods">A Table of the server's.</param>
    /// <param name="use">PodMetrics; null: not told.</param>
    public static string Replicas(JsonObject pods, IReadOnlyList<JsonObject>? use)
    {
        var columns = TableColumns.Of(pods, new TableStyle());
        var byName = (use ?? []).ToDictionary(u => $"{u["metadata"]?["name"]}", u => ResourceUse.Of(u));
        var rows = columns.Rows(pods, "").Select(cells => (IReadOnlyList<string>)
        [
            .. cells,
            byName.TryGetValue(cells[0], out var one) ? Quantity.Bytes(one.MemoryBytes) : None,
            byName.TryGetValue(cells[0], out one) ? ResourceUse.Text(one.Processors) : None,
        ]);
        return Description.Table([.. columns.Header, "MEMORY", "CPU"], rows);
    }

    private static string Traffic(IReadOnlyList<RevisionTraffic>? traffic) => traffic is not { Count: > 0 } ? None
        : traffic.Count == 1 ? FormattableString.Invariant($"{traffic[0].Percent ?? 0} %")
        : string.Join(", ", traffic.Select(t => FormattableString.Invariant($"{t.Percent ?? 0} % {t.Revision} ({t.Workload})")));

    private static string Exit(string component, ReplicaExitStatus exit, DateTimeOffset now)
    {
        string how = exit switch
        {
            { Signal: { } signal } => FormattableString.Invariant($"ended by signal {signal}"),
            { ExitCode: { } code } => FormattableString.Invariant($"ended with exit code {code}"),
            _ => "did not start",
        };
        string when = exit.FinishedAt is { } at ? $" {Age.Text(now > at ? now - at : TimeSpan.Zero)} ago" : "";
        string head = $"  last exit of {component}: {exit.Replica} {how} ({exit.Reason ?? "Unknown"}){when}\n";
        return exit.Message is { Length: > 0 } message ? $"{head}    {message.TrimEnd('\n').ReplaceLineEndings("\n    ")}\n" : head;
    }
}
