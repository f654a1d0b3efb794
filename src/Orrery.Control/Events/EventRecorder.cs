using System.Security.Cryptography;
using System.Text;
using Orrery.Resources;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Control.Events;

/// <summary>
/// Writes Events. The same thing said again of the same object raises the count of one Event. Old ones go (<see cref="PruneAsync"/>).
/// </summary>
public sealed class EventRecorder(IResourceStore store, string component, TimeProvider time)
{
    /// <summary>How long an Event stays after it was last seen, as on a Kubernetes API server.</summary>
    public static TimeSpan Kept { get; } = TimeSpan.FromHours(1);

    /// <summary>Events at most, of all namespaces together; the oldest go first.</summary>
    public const int MaxKept = 5_000;

    /// <summary>One Event for each condition whose status or reason is new. Where Ready only repeats a stage it gets none.</summary>
    public async Task RecordTransitionsAsync(
        Document about, IReadOnlyList<Condition>? before, IReadOnlyList<Condition>? after, CancellationToken ct)
    {
        foreach (var condition in after ?? [])
        {
            if (condition.Type == Conditions.Ready && after!.Any(c => c.Type != Conditions.Ready && c.Status == condition.Status && c.Reason == condition.Reason))
                continue;
            if (before.Find(condition.Type) is { } was && was.Status == condition.Status && was.Reason == condition.Reason)
                continue;
            string type = condition.Status == "True" || IsProgress(condition) ? "Normal" : "Warning";
            string message = condition.Message.Length == 0 ? $"{condition.Type}: {(condition.Status == "True" ? "yes" : "no")}" : $"{condition.Type}: {condition.Message}";
            await RecordAsync(about, type, condition.Reason, message, condition.Type, ct);
        }
    }

    /// <param name="type"><c>Normal</c> or <c>Warning</c>.</param>
    /// <param name="aspect">With the type and reason: what makes two of them the same. The message may differ; the last one stays.</param>
    public async Task RecordAsync(Document about, string type, string reason, string message, string aspect, CancellationToken ct)
    {
        string ns = about.Metadata.Namespace ?? Namespace.Default;
        string name = $"{Shortened(about.Metadata.Name!)}.{Hash($"{about.Metadata.Uid}/{type}/{reason}/{aspect}")}";
        var now = time.GetUtcNow();
        if (await store.GetAsync(Event.Kind.Key(ns, name), ct) is { } existing)
        {
            int count = existing.As<Event>().Count ?? 1;
            var again = existing.Edit(json =>
            {
                json["count"] = count + 1;
                json["message"] = message;
                json["lastTimestamp"] = now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ");
            });
            // Losing a race with another recorder loses one count, never an event.
            await store.UpdateAsync(again, ct);
            return;
        }
        await store.CreateAsync(
            Document.From(new Event
            {
                Metadata = new Metadata { Name = name, Namespace = ns },
                InvolvedObject = new ObjectReference
                {
                    ApiVersion = about.Kind.ApiVersion,
                    Kind = about.Kind.Name,
                    Namespace = about.Metadata.Namespace,
                    Name = about.Metadata.Name,
                    Uid = about.Metadata.Uid,
                },
                Type = type,
                Reason = reason,
                Message = message,
                Count = 1,
                FirstTimestamp = now,
                LastTimestamp = now,
                Source = new EventSource { Component = component },
                ReportingComponent = component,
            }),
            ct);
    }

    /// <summary>Deletes what is old or too much. Returns how many.</summary>
    public async Task<int> PruneAsync(CancellationToken ct)
    {
        var oldestKept = time.GetUtcNow() - Kept;
        var byAge = (await store.ListAsync<Event>(null, ct)).OrderByDescending(e => e.LastTimestamp ?? e.Metadata.CreationTimestamp).ToList();
        var gone = byAge.Where((e, i) => i >= MaxKept || (e.LastTimestamp ?? e.Metadata.CreationTimestamp) < oldestKept).ToList();
        foreach (var old in gone)
            await store.DeleteAsync(Event.Kind.Key(old.Metadata.Namespace, old.Metadata.Name!), Preconditions.None, ct);
        return gone.Count;
    }

    // What is on its way is news, not a fault.
    private static bool IsProgress(Condition condition) => condition.Reason
        is "Starting" or "Stopping" or "Waiting" or "ScaledToZero" or "Listing" or "Downloading" or "Verifying" or "ModelArriving" or "Progressing";

    private static string Shortened(string name) => name.Length <= 200 ? name : name[..200].TrimEnd('-', '.');

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
}
