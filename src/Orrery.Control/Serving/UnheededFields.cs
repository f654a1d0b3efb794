using System.Text.Json.Nodes;
using Orrery.Resources;

namespace Orrery.Control.Serving;

/// <summary>Fields of a service's spec that are valid and that nothing acts on yet. Saying so is better than silence. Pure.</summary>
internal static class UnheededFields
{
    private static readonly string[] Spec = ["model", "runtime", "engine", "decoder", "router", "acceleratorSelector"];
    private static readonly string[] Engine = ["minReplicas", "process", "terminationGracePeriodSeconds", "acceleratorOverride"];

    /// <summary>Paths in document order.</summary>
    public static IReadOnlyList<string> Of(Document service)
    {
        var spec = service.ToJson()["spec"] as JsonObject ?? [];
        var engine = spec["engine"] as JsonObject ?? [];
        return
        [
            .. spec.Where(f => !Spec.Contains(f.Key)).Select(f => $"spec.{f.Key}"),
            .. engine.Where(f => !Engine.Contains(f.Key) && !IsFixedCount(f, engine)).Select(f => $"spec.engine.{f.Key}"),
        ];
    }

    // As many at most as at least asks for no scaling.
    private static bool IsFixedCount(KeyValuePair<string, JsonNode?> field, JsonObject engine)
        => field.Key == "maxReplicas" && JsonNode.DeepEquals(field.Value, engine["minReplicas"] ?? JsonValue.Create(1));
}
