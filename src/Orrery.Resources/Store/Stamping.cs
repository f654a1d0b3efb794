using System.Globalization;
using System.Text.Json.Nodes;

namespace Orrery.Resources.Store;

/// <summary>The fields of metadata that the store writes itself, whatever a client sends.</summary>
internal static class Stamping
{
    // Kubernetes leaves room for a label to hold any generated name.
    private const int MaxGeneratedPrefix = 58;
    private const int MaxNameTries = 8;

    public static void Stamp(JsonObject metadata, string uid, long? generation, DateTimeOffset created, DateTimeOffset? deletion, long version)
    {
        metadata["uid"] = uid;
        metadata["resourceVersion"] = Text(version);
        if (generation is { } count)
            metadata["generation"] = count;
        else
            metadata.Remove("generation");
        metadata["creationTimestamp"] = KubernetesTimeConverter.Text(created);
        metadata.Remove("deletionTimestamp");
        metadata.Remove("deletionGracePeriodSeconds");
        if (deletion is { } at)
            Mark(metadata, at);
    }

    /// <summary>Deletion was asked for at this time. Objects here have no end that takes time, so there is no grace.</summary>
    public static void Mark(JsonObject metadata, DateTimeOffset deletion)
    {
        metadata["deletionTimestamp"] = KubernetesTimeConverter.Text(deletion);
        metadata["deletionGracePeriodSeconds"] = 0;
    }

    public static void SetScope(JsonObject metadata, ResourceKind kind)
    {
        if (!kind.Namespaced)
            metadata.Remove("namespace");
    }

    /// <summary>The prefix with random letters: a name that is free, or after some tries one that may be taken.</summary>
    public static string NewName(StoreSnapshot snapshot, Document asked, string prefix, Func<string> newSuffix)
    {
        string start = prefix.Length <= MaxGeneratedPrefix ? prefix : prefix[..MaxGeneratedPrefix];
        string name = start + newSuffix();
        for (int tries = 1; tries < MaxNameTries && snapshot.Get(asked.Kind.Key(asked.Metadata.Namespace, name)) is not null; tries++)
            name = start + newSuffix();
        return name;
    }

    /// <summary>What a dry run answers: as it would be, at the version that is.</summary>
    public static StoreDecision Rehearsed(StoreSnapshot snapshot, StoreDecision decision)
        => decision.Outcome is WriteOutcome.Done done
            ? StoreDecision.Refused(done with { Document = done.Document.Edit(json => SetVersion(json["metadata"]!.AsObject(), snapshot.Get(done.Document.Key))) })
            : StoreDecision.Refused(decision.Outcome);

    private static void SetVersion(JsonObject metadata, Document? current)
    {
        if (current is null)
            metadata.Remove("resourceVersion");
        else
            metadata["resourceVersion"] = current.Metadata.ResourceVersion;
    }

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);
}
