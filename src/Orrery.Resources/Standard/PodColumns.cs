using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Standard;

/// <summary>The columns of <c>kubectl get pods</c>. Pure.</summary>
internal static class PodColumns
{
    public static IReadOnlyList<PrinterColumn> All { get; } =
    [
        PrinterColumn.NameColumn,
        new("Ready", "string", "", "Ready containers of all.") { Cell = Ready },
        new("Status", "string", "", "What it does, or why it does not.") { Cell = Status },
        new("Restarts", "string", "", "How often it was started again.") { Cell = json => Sum(json).ToString(CultureInfo.InvariantCulture) },
        PrinterColumn.AgeColumn,
        new("IP", "string", "", "Its address.") { Priority = 1, Cell = json => OrNone(json, ".status.podIP") },
        new("Node", "string", "", "Where it runs.") { Priority = 1, Cell = json => OrNone(json, ".spec.nodeName") },
        new("Nominated Node", "string", "", "Where it will run.") { Priority = 1, Cell = _ => "<none>" },
        new("Readiness Gates", "string", "", "What else it waits for.") { Priority = 1, Cell = _ => "<none>" },
    ];

    // The first that says something, from the most exact to the least.
    private static readonly string[] Reasons =
        [".status.containerStatuses[*].state.waiting.reason", ".status.containerStatuses[*].state.terminated.reason", ".status.reason", ".status.phase"];

    private static string Ready(JsonNode json)
    {
        int all = FieldPath.Select(json, ".spec.containers[*]").Count;
        int ready = FieldPath.Select(json, ".status.containerStatuses[*].ready").Count(r => r.ToString() == "true");
        return string.Create(CultureInfo.InvariantCulture, $"{ready}/{all}");
    }

    private static string Status(JsonNode json)
    {
        if (FieldPath.Text(json, ".metadata.deletionTimestamp").Length > 0)
            return "Terminating";
        foreach (string path in Reasons)
        {
            if (FieldPath.Select(json, path) is [var first, ..] && first.ToString() is { Length: > 0 } reason)
                return reason;
        }
        return "Unknown";
    }

    private static long Sum(JsonNode json)
        => FieldPath.Select(json, ".status.containerStatuses[*].restartCount")
            .Sum(c => long.TryParse(c.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? count : 0);

    private static string OrNone(JsonNode json, string path) => FieldPath.Text(json, path) is { Length: > 0 } text ? text : "<none>";
}
