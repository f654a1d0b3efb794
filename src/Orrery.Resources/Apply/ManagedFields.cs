using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orrery.Resources.Apply;

/// <summary>Who last wrote which fields: <c>metadata.managedFields</c>.</summary>
/// <param name="Entries">At most one per <see cref="ManagedEntry.Id"/>.</param>
public sealed record ManagedFields(ImmutableList<ManagedEntry> Entries)
{
    public const string Field = "managedFields";

    /// <summary>More writers by update than this share one entry, the oldest first.</summary>
    public const int MaxUpdaters = 10;

    /// <summary>The name that those share.</summary>
    public const string AncientChanges = "ancient-changes";

    public static ManagedFields None { get; } = new([]);

    public ManagedEntry? Find(ManagerId id) => Entries.Find(e => e.Id == id);

    public FieldSet All() => Entries.Aggregate(FieldSet.Empty, (all, e) => all.Union(e.Fields));

    /// <summary>With every entry's fields changed; an entry without fields goes.</summary>
    public ManagedFields Select(Func<ManagedEntry, FieldSet> fields)
        => new([.. Entries.Select(e => e with { Fields = fields(e) }).Where(e => !e.Fields.IsEmpty)]);

    /// <summary>With this entry in the place of the one of the same id.</summary>
    public ManagedFields With(ManagedEntry entry)
    {
        var others = Entries.RemoveAll(e => e.Id == entry.Id);
        return new(entry.Fields.IsEmpty ? others : others.Add(entry));
    }

    /// <summary>The same but for the times.</summary>
    public bool SameAs(ManagedFields other)
        => Entries.Count == other.Entries.Count && Entries.All(e => other.Find(e.Id) is { } same && same.Fields.SameAs(e.Fields));

    public ManagedFields Capped()
    {
        var updaters = Entries.Where(e => e.Id.Operation == ManagerId.Update).OrderBy(e => e.Time).ThenBy(e => e.Id.Manager, StringComparer.Ordinal).ToList();
        if (updaters.Count <= MaxUpdaters)
            return this;
        var oldest = updaters.Take(updaters.Count - MaxUpdaters + 1).ToList();
        var merged = this;
        foreach (var version in oldest.GroupBy(e => e.Id.ApiVersion).Where(g => g.Count() > 1))
        {
            merged = new(merged.Entries.RemoveAll(version.Contains));
            merged = merged.With(new ManagedEntry(
                new ManagerId(AncientChanges, ManagerId.Update, version.Key),
                version.Last().Time,
                version.Aggregate(merged.Find(new ManagerId(AncientChanges, ManagerId.Update, version.Key))?.Fields ?? FieldSet.Empty, (all, e) => all.Union(e.Fields))));
        }
        return merged;
    }

    /// <returns>Null: not a list of entries.</returns>
    public static ManagedFields? Read(JsonNode? json)
    {
        var read = None;
        foreach (var item in json as JsonArray ?? [])
        {
            if (ManagedEntry.Read(item) is not { } entry)
                return null;
            read = read.With(entry);
        }
        return json is null or JsonArray ? read : null;
    }

    public JsonArray Write() => new([.. Entries
        .OrderBy(e => e.Id.Operation, StringComparer.Ordinal).ThenBy(e => e.Time).ThenBy(e => e.Id.Manager, StringComparer.Ordinal)
        .ThenBy(e => e.Id.ApiVersion, StringComparer.Ordinal).ThenBy(e => e.Id.Subresource, StringComparer.Ordinal)
        .Select(e => e.Write())]);
}

/// <summary>Which writer an entry is of.</summary>
/// <param name="Operation"><see cref="Apply"/> or <see cref="Update"/>.</param>
/// <param name="Subresource">Empty: the object itself.</param>
public sealed record ManagerId(string Manager, string Operation, string ApiVersion, string Subresource = "")
{
    public const string Apply = "Apply";
    public const string Update = "Update";

    /// <summary>As messages say it: <c>"kubectl" using v1</c>.</summary>
    public override string ToString()
    {
        string name = $"\"{Manager}\"" + (Subresource.Length > 0 ? $" with subresource \"{Subresource}\"" : "");
        return Operation == Update ? $"{name} using {ApiVersion}" : name;
    }
}

/// <summary>One writer and its fields.</summary>
/// <param name="Time">Of its last change.</param>
public sealed record ManagedEntry(ManagerId Id, DateTimeOffset Time, FieldSet Fields)
{
    internal static ManagedEntry? Read(JsonNode? json)
    {
        if (json is not JsonObject entry
            || Text(entry["manager"]) is not { } manager || Text(entry["apiVersion"]) is not { Length: > 0 } version || Text(entry["subresource"]) is not { } subresource
            || Text(entry["operation"]) is not (ManagerId.Apply or ManagerId.Update) || Text(entry["fieldsType"]) is not "FieldsV1"
            || FieldsV1.Read(entry["fieldsV1"] as JsonObject ?? []) is not { } fields)
        {
            return null;
        }
        DateTimeOffset.TryParse(Text(entry["time"]), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time);
        return new ManagedEntry(new ManagerId(manager, Text(entry["operation"])!, version, subresource), time, fields);
    }

    internal JsonObject Write()
    {
        var json = new JsonObject
        {
            ["manager"] = Id.Manager,
            ["operation"] = Id.Operation,
            ["apiVersion"] = Id.ApiVersion,
            ["time"] = Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = FieldsV1.Write(Fields),
        };
        if (Id.Subresource.Length > 0)
            json["subresource"] = Id.Subresource;
        return json;
    }

    /// <returns>Empty for what is left out, null for what is no text.</returns>
    private static string? Text(JsonNode? node) => node is null ? "" : node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
