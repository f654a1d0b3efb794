using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Control.Accelerators;
using Orrery.Control.Revisions;
using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Resources.Serving;
using Orrery.Resources.Text;

namespace Orrery.Cli.Status;

/// <summary>What a server answered, and what it comes to. Pure.</summary>
/// <param name="Version">Null: it was not told.</param>
/// <param name="Nodes">Null: they could not be read. So for the others.</param>
/// <param name="Before">Demand some time before <paramref name="Now"/>, for what is told per second.</param>
/// <param name="Between">How long before; above zero.</param>
internal sealed record StatusAnswers(
    IReadOnlyList<JsonObject> Services, string? Version, IReadOnlyList<JsonObject>? Nodes, IReadOnlyList<JsonObject>? NodeUse, IReadOnlyList<JsonObject>? PodUse,
    DemandReading? Before, DemandReading? Now, TimeSpan Between)
{
    private const string OurVersion = "+orrery-";

    public HomeStatus ToStatus(Uri server, DateTimeOffset at)
    {
        var typed = Services.Select(s => s.Deserialize(InferenceService.View)!).ToList();
        var use = (PodUse ?? []).GroupBy(p => ($"{p["metadata"]?["namespace"]}", $"{p["metadata"]?["labels"]?[ServiceRevision.ServiceLabel]}"))
            .ToDictionary(g => g.Key, g => g.Aggregate(default(ResourceUse), (sum, p) => sum + ResourceUse.Of(p)));
        return new HomeStatus(
            at, server, VersionText(), [.. (Nodes ?? []).Select(Machine)], AcceleratorClaims.Of(typed, except: null).Sum(c => (long)c.Count),
            [.. typed.Select(s => Service(s, use)).OrderBy(s => s.Namespace, StringComparer.Ordinal).ThenBy(s => s.Name, StringComparer.Ordinal)],
            [.. Missing()]);
    }

    // As much of the server's own version as says Orrery's.
    private string? VersionText() => Version?.IndexOf(OurVersion, StringComparison.Ordinal) is >= 0 and var at ? Version[(at + OurVersion.Length)..] : Version;

    private MachineStatus Machine(JsonObject node)
    {
        string name = $"{node["metadata"]?["name"]}";
        var allocatable = node["status"]?["allocatable"];
        // Extended resources carry the domain of who made them; Kubernetes' own have none.
        double accelerators = (node["status"]?["capacity"] as JsonObject ?? []).Where(r => r.Key.Contains('/')).Sum(r => Quantities.Parse(r.Value?.ToString()) ?? 0);
        var measured = NodeUse?.FirstOrDefault(n => $"{n["metadata"]?["name"]}" == name);
        return new MachineStatus(
            name, Quantities.Parse(allocatable?["cpu"]?.ToString()), (long?)Quantities.Parse(allocatable?["memory"]?.ToString()), (long)accelerators,
            measured is null ? null : ResourceUse.Of(measured));
    }

    private ServiceStatus Service(InferenceService service, Dictionary<(string, string), ResourceUse> use)
    {
        string ns = service.Metadata.Namespace ?? "", name = service.Metadata.Name ?? "";
        var components = service.Status?.Components?.Values.ToList() ?? [];
        var ready = service.Status?.Conditions.Find(Conditions.Ready);
        bool isExternal = service.Spec.External is not null;
        long? tokens = Now?.Value(ns, name, DemandMetric.Tokens), before = Before?.Value(ns, name, DemandMetric.Tokens);
        return new ServiceStatus(
            ns, name, service.Spec.External?.Model ?? service.Spec.Model?.Name ?? "", isExternal ? "external" : service.Status?.Runtime ?? "", isExternal,
            components.Sum(c => c.ReadyReplicas ?? 0), components.Sum(c => c.DesiredReplicas ?? 0),
            PodUse is null ? null : use.GetValueOrDefault((ns, name)),
            Now?.Value(ns, name, DemandMetric.InFlight), Now?.Value(ns, name, DemandMetric.Waiting),
            // Less than before: the gateway was started again.
            tokens is null || before is null ? null : Math.Max(0, tokens.Value - before.Value) / Between.TotalSeconds,
            Now?.Value(ns, name, DemandMetric.LastUsed) is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
            ready?.Reason ?? "Waiting", ready is { Status: "True" } ? "" : ready?.Message ?? "");
    }

    private IEnumerable<string> Missing()
    {
        if (Nodes is null)
            yield return "machines (nodes cannot be read)";
        if (PodUse is null)
            yield return "memory and processors (the server has no metrics.k8s.io)";
        if (Now is null)
            yield return $"requests and tokens (the server has no {DemandMetric.Group} of InferenceServices)";
    }
}
