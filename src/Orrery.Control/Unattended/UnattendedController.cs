using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Control.Loop;
using Orrery.Resources;
using Orrery.Resources.Store;

namespace Orrery.Control.Unattended;

/// <summary>Says of objects that nobody acts on that it is so, instead of staying silent. Writes nothing that already stands there.</summary>
public sealed class UnattendedController(IResourceStore store, TimeProvider time) : IController
{
    /// <summary>The reason of <c>Accepted=False</c>.</summary>
    public const string NotImplemented = "NotImplemented";

    private const string Accepted = "Accepted";

    public string Name => "unattended";

    public IReadOnlyList<Trigger> Triggers() => [.. UnattendedKinds.All.Select(kind => Trigger.For(store, kind))];

    public async Task<Requeue> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        if (await store.GetAsync(key, ct) is not { } document)
            return Requeue.No;
        if (Status(document, time.GetUtcNow()) is { } status)
            (await store.UpdateStatusAsync(document.Edit(json => json["status"] = status), ct)).Stored();
        return Requeue.No;
    }

    /// <summary>The status that the object should have; null: it has it. Pure.</summary>
    internal static JsonObject? Status(Document document, DateTimeOffset now)
    {
        var status = document.ToJson()["status"]?.DeepClone() as JsonObject ?? [];
        var before = status.Deserialize(ResourceJson.Default.ObservedStatus)!;
        long? generation = document.Metadata.Generation;
        string message = $"this version stores a {document.Kind.Name} and does nothing with it: {UnattendedKinds.WhatIsMissing(document.Kind)}";
        if (before.ObservedGeneration == generation && before.Conditions.Find(Accepted) is { Status: "False", Reason: NotImplemented } said
            && said.Message == message && said.ObservedGeneration == generation)
            return null;

        var conditions = Conditions.Stamp(before.Conditions, [Conditions.False(Accepted, NotImplemented, message)], generation, now);
        var after = JsonSerializer.SerializeToNode(new ObservedStatus { ObservedGeneration = generation, Conditions = conditions }, ResourceJson.Default.ObservedStatus)!;
        foreach (var (name, value) in after.AsObject())
            status[name] = value?.DeepClone();
        return status;
    }
}
