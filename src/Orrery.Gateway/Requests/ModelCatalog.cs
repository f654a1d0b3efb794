using Orrery.Gateway.Routing;
using Orrery.Platform.Access;
using Orrery.Wire.OpenAI;

namespace Orrery.Gateway.Requests;

/// <summary>The services and their weights as a list of models, each caller seeing what they may use.</summary>
internal static class ModelCatalog
{
    private const string Owner = "orrery";

    // Enough to find a typing mistake, not so many that the message drowns in them.
    private const int MaxNamed = 20;

    public static ModelList List(Caller caller, RouteTable table)
        => new([.. Visible(caller, table).SelectMany(s => s.Weights.Select(w => Entry(s, w)).Prepend(Entry(s, null)))]);

    /// <param name="weights">Null: the service's model as it is.</param>
    public static ModelEntry Entry(ServiceRoute service, string? weights) => new(
        weights is null ? service.ModelId : IdOf(service, weights),
        service.Created?.ToUnixTimeSeconds() ?? 0,
        Owner,
        service.Ready,
        Parent: weights is null ? null : service.ModelId);

    /// <summary>Why there is no such model; null: there is, and <paramref name="route"/> leads to it.</summary>
    public static OpenAIError? Missing(string model, ModelName name, Caller caller, RouteTable table, out ServiceRoute? route)
    {
        route = table.Find(name.Service);
        if (route is null)
            return NoSuchModel(model, caller, table);
        return name.Weights is null || route.Weights.Contains(name.Weights) ? null : NoSuchWeights(model, route);
    }

    public static OpenAIError NoSuchModel(string model, Caller caller, RouteTable table)
        => new(404, "model_not_found", $"There is no model '{model}'. {Known([.. Visible(caller, table).Select(s => s.ModelId)], "There is none yet: create an InferenceService.")}", "model");

    private static OpenAIError NoSuchWeights(string model, ServiceRoute route) => new(
        404,
        "model_not_found",
        $"There is no model '{model}': '{route.ModelId}' serves no such FineTunedWeight. "
        + Known([.. route.Weights.Select(w => IdOf(route, w))], $"It serves none; spec.model.fineTunedWeights of InferenceService '{route.Service.Name}' names them."),
        "model");

    private static string IdOf(ServiceRoute service, string weights) => $"{service.ModelId}:{weights}";

    private static string Known(IReadOnlyList<string> ids, string none)
    {
        string named = string.Join(", ", ids.Take(MaxNamed).Select(id => $"'{id}'"));
        return ids.Count switch
        {
            0 => none,
            <= MaxNamed => $"There are: {named}.",
            _ => $"There are: {named} and {ids.Count - MaxNamed} more (GET /v1/models).",
        };
    }

    private static IEnumerable<ServiceRoute> Visible(Caller caller, RouteTable table)
        => table.Services.Where(s =>
            AccessRules.Decide(caller, new AccessRequest("infer", "models", s.Service.Namespace, s.Service.Name)) is AccessDecision.Allowed);
}
