using System.Text.Json.Nodes;
using Orrery.Control.Models;
using Orrery.Resources.Models;

namespace Orrery.Cli.Pulling;

/// <summary>Models and weights that were fetched, that no service names and that nobody pinned. Pure.</summary>
internal static class UnusedModels
{
    /// <param name="models">BaseModels, ClusterBaseModels and FineTunedWeights of all namespaces, each with its kind.</param>
    /// <param name="services">InferenceServices of all namespaces.</param>
    public static IReadOnlyList<UnusedModel> Among(IEnumerable<JsonObject> models, IReadOnlyList<JsonObject> services)
        => [.. models.Where(m => IsFetched(m) && !IsPinned(m) && !services.Any(s => Names(s, m)))
            .Select(m => new UnusedModel(Text(m["kind"]), Text(m["metadata"]?["namespace"]), Text(m["metadata"]?["name"]), (long?)m["status"]?["unsharedBytes"] ?? 0))
            .OrderBy(m => m.Namespace, StringComparer.Ordinal).ThenBy(m => m.Name, StringComparer.Ordinal)];

    private static bool IsFetched(JsonObject model) => Text(model["spec"]?["storage"]?["storageUri"]) is { Length: > 0 } uri && StorageUri.LocalPath(uri) is null;

    private static bool IsPinned(JsonObject model) => Text(model["metadata"]?["annotations"]?[ModelWishes.PinnedAnnotation]) == "true";

    // Whichever of two models of a name the service gets, neither is taken away from under it.
    private static bool Names(JsonObject service, JsonObject model)
        => service["spec"]?["model"] is JsonObject named && (Text(model["kind"]) == FineTunedWeight.Kind.Name ? NamesWeight(service, named, model) : NamesModel(service, named, model));

    private static bool NamesWeight(JsonObject service, JsonObject named, JsonObject weight)
        => named["fineTunedWeights"] is JsonArray weights && weights.Any(w => Text(w) == Text(weight["metadata"]?["name"]))
           && Text(weight["metadata"]?["namespace"]) == Text(service["metadata"]?["namespace"]);

    private static bool NamesModel(JsonObject service, JsonObject named, JsonObject model)
        => Text(named["name"]) == Text(model["metadata"]?["name"])
           && (named["kind"] is null || Text(named["kind"]) == Text(model["kind"]))
           && (Text(model["kind"]) != "BaseModel" || Text(service["metadata"]?["namespace"]) == Text(model["metadata"]?["namespace"]));

    private static string Text(JsonNode? node) => node?.ToString() ?? "";
}

/// <param name="Namespace">Empty: of all.</param>
/// <param name="Bytes">That no other model has: those come free.</param>
internal sealed record UnusedModel(string Kind, string Namespace, string Name, long Bytes)
{
    public string Title => Namespace.Length == 0 ? $"{Kind.ToLowerInvariant()}/{Name}" : $"{Kind.ToLowerInvariant()}/{Name} in {Namespace}";
}
