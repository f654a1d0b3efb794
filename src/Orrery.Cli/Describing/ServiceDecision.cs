using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Discovery;
using Orrery.Cli.Explaining;
using Orrery.Resources.Serving;

namespace Orrery.Cli.Describing;

/// <summary>
/// Why an InferenceService runs as it does: its model, the runtime that wins, and every other runtime with the reasons against it. Decided here
/// by the function that the controller decides with, over the objects as the server has them now.
/// </summary>
internal static class ServiceDecision
{
    public static bool IsFor(ApiResource kind) => kind.Kind == InferenceService.Kind.Name && kind.Group == InferenceService.Kind.Group;

    /// <summary>Lines that are indented by two spaces.</summary>
    public static async Task<string> OfAsync(ResourceClient client, ApiCatalog catalog, JsonObject json, CancellationToken ct)
    {
        var reader = new ExplanationReader(client, catalog, json["metadata"]?["namespace"]?.ToString() ?? "default");
        return await reader.OfServiceAsync(json, ct) is { } input ? ExplanationText.Of(Explanation.Of(input)) : $"  model: none; {Missing(json)}\n";
    }

    /// <summary>For people: which model a service has and nobody else.</summary>
    public static string Missing(JsonObject service)
        => $"{service["spec"]?["model"]?["kind"]?.ToString() ?? "BaseModel or ClusterBaseModel"} '{service["spec"]?["model"]?["name"]}' does not exist. See: orrery get models";
}
