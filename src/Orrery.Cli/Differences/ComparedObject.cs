using System.Text.Json.Nodes;
using Orrery.Cli.Discovery;

namespace Orrery.Cli.Differences;

/// <summary>An object as it is compared: without what every write changes and without the status, which no manifest changes; fields in alphabetical order.</summary>
internal static class ComparedObject
{
    private static readonly string[] Bookkeeping = ["managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink"];

    public static JsonObject Of(ApiResource kind, JsonObject json)
    {
        var copy = Sorted(json)!.AsObject();
        if (kind.HasStatus)
            copy.Remove("status");
        if (copy["metadata"] is JsonObject metadata)
        {
            foreach (string field in Bookkeeping)
                metadata.Remove(field);
        }
        return copy;
    }

    /// <summary>Values of a Secret, in both, stand as *** where they are the same, and as *** with a word where they are not.</summary>
    public static void Mask(ApiResource kind, JsonObject? before, JsonObject? after)
    {
        if (kind is not { Group: "", Kind: "Secret" })
            return;
        foreach (string part in (string[])["data", "stringData"])
        {
            var (old, now) = (before?[part] as JsonObject, after?[part] as JsonObject);
            foreach (string name in (old ?? []).Concat(now ?? []).Select(p => p.Key).Distinct().ToList())
            {
                bool isSame = old?[name]?.ToString() == now?[name]?.ToString();
                if (old?.ContainsKey(name) == true)
                    old[name] = isSame ? "***" : "*** (before)";
                if (now?.ContainsKey(name) == true)
                    now[name] = isSame ? "***" : "*** (after)";
            }
        }
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject json => new JsonObject(json.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
        JsonArray array => new JsonArray([.. array.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
