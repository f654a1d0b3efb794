using System.Text.Json.Nodes;

namespace Orrery.Resources.Apply;

/// <summary>What of an applied document counts as an opinion.</summary>
internal static class AppliedConfiguration
{
    private static readonly string[] WrittenByTheStore =
        ["uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", ManagedFields.Field];

    /// <param name="status">True: status alone, with what names the object. False: everything but status where status has its own door.</param>
    public static JsonObject Of(Document applied, bool status)
    {
        var json = applied.ToJson();
        RemoveNulls(json);
        var metadata = json["metadata"]!.AsObject();
        foreach (string field in WrittenByTheStore)
            metadata.Remove(field);
        if (!applied.Kind.Namespaced)
            metadata.Remove("namespace");
        if (applied.Kind.HasStatus && !status)
            json.Remove("status");
        if (!status)
            return json;
        var alone = new JsonObject { ["apiVersion"] = applied.Kind.ApiVersion, ["kind"] = applied.Kind.Name, ["metadata"] = new JsonObject { ["name"] = metadata["name"]?.DeepClone() } };
        if (metadata["namespace"] is { } ns)
            alone["metadata"]!["namespace"] = ns.DeepClone();
        if (json["status"] is { } told)
            alone["status"] = told.DeepClone();
        return alone;
    }

    // A null says nothing: the same as a field left out.
    private static void RemoveNulls(JsonNode? node)
    {
        foreach (var (name, value) in (node as JsonObject)?.ToList() ?? [])
        {
            if (value is null)
                node!.AsObject().Remove(name);
            else
                RemoveNulls(value);
        }
        foreach (var item in node as JsonArray ?? [])
            RemoveNulls(item);
    }
}
