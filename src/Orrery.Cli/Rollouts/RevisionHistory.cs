using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Describing;
using Orrery.Cli.Discovery;
using Orrery.Control.Revisions;

namespace Orrery.Cli.Rollouts;

/// <summary>The kept revisions of one service, oldest first.</summary>
internal sealed class RevisionHistory
{
    private RevisionHistory(JsonObject service, IReadOnlyList<JsonObject> revisions)
    {
        Service = service;
        Revisions = revisions;
    }

    public static IReadOnlyList<string> Header { get; } = ["REVISION", "HASH", "AGE", "NOTE"];

    public JsonObject Service { get; }

    public IReadOnlyList<JsonObject> Revisions { get; }

    private string Name => $"{Service["metadata"]!["name"]}";

    private string? Wanted => Service["status"]?["components"]?["engine"]?["latestCreatedRevision"]?.ToString();

    private string? RolledOut => Service["status"]?["components"]?["engine"]?["latestRolledoutRevision"]?.ToString();

    public static async Task<RevisionHistory> ReadAsync(ResourceClient client, ApiResource services, ApiResource revisions, string ns, string name, CancellationToken ct)
    {
        var service = await client.GetAsync(services, ns, name, table: false, ct);
        return Of(service, Owned(service, await client.ListAsync(revisions, new ListQuery(ns, $"{ServiceRevision.ServiceLabel}={name}"), ct)));
    }

    /// <summary>Those of a list that are this service's, and not of one that had its name before.</summary>
    public static IEnumerable<JsonObject> Owned(JsonObject service, JsonObject list)
    {
        string? uid = service["metadata"]?["uid"]?.ToString();
        return (list["items"] as JsonArray ?? []).OfType<JsonObject>().Where(r => (r["metadata"]?["ownerReferences"] as JsonArray)?.FirstOrDefault()?["uid"]?.ToString() == uid);
    }

    internal static RevisionHistory Of(JsonObject service, IEnumerable<JsonObject> revisions) => new(service, [.. revisions.OrderBy(Number)]);

    public static long Number(JsonObject revision) => (long?)revision["revision"] ?? 0;

    public static string Hash(JsonObject revision) => $"{revision["data"]?["engine"]?["revision"]}";

    public IReadOnlyList<IReadOnlyList<string>> Rows(DateTimeOffset now)
        => [.. Revisions.Select(r => (IReadOnlyList<string>)[$"{Number(r)}", Hash(r), AgeText.Since(r["metadata"]?["creationTimestamp"], now), Note(r)])];

    /// <exception cref="CliException">There is none of that number, or none before the present one.</exception>
    public JsonObject Chosen(int? number)
    {
        if (number is { } wanted)
        {
            return Revisions.FirstOrDefault(r => Number(r) == wanted)
                ?? throw new CliException($"inferenceservice/{Name} has no revision {wanted}; there are {string.Join(", ", Revisions.Select(Number))}. See: orrery rollout history isvc/{Name}");
        }
        return Revisions.LastOrDefault(r => Hash(r) != Wanted && Failed(r) is null)
            ?? throw new CliException($"inferenceservice/{Name} has no earlier revision to go back to. See: orrery rollout history isvc/{Name}");
    }

    private string Note(JsonObject revision)
    {
        string hash = Hash(revision);
        List<string> notes = [];
        if (hash == RolledOut)
            notes.Add("serves");
        else if (hash == Wanted)
            notes.Add("wanted");
        if (Failed(revision) is { } failed)
            notes.Add($"taken back: {failed}");
        return string.Join(", ", notes);
    }

    private static string? Failed(JsonObject revision) => revision["metadata"]?["annotations"]?[ServiceRevision.FailedAnnotation]?.ToString();
}
