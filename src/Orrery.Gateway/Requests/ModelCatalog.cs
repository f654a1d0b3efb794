using Orrery.Gateway.Routing;
using Orrery.Platform.Access;
using Orrery.Wire.OpenAI;

namespace Orrery.Gateway.Requests;

/// <summary>The services as a list of models, each caller seeing what they may use.</summary>
internal static class ModelCatalog
{
    private const string Owner = "orrery";

    // Enough to find a typing mistake, not so many that the message drowns in them.
    private const int MaxNamed = 20;

    public static ModelList List(Caller caller, RouteTable table) => new([.. Visible(caller, table).Select(Entry)]);

    public static ModelEntry Entry(ServiceRoute service)
        => new(service.ModelId, service.Created?.ToUnixTimeSeconds() ?? 0, Owner, service.Ready);

    public static OpenAIError NoSuchModel(string model, Caller caller, RouteTable table)
    {
        var names = Visible(caller, table).Select(s => $"'{s.ModelId}'").ToList();
        string known = names.Count switch
        {
            0 => "There is none yet: create an InferenceService.",
            <= MaxNamed => $"There are: {string.Join(", ", names)}.",
            _ => $"There are: {string.Join(", ", names.Take(MaxNamed))} and {names.Count - MaxNamed} more (GET /v1/models).",
        };
        return new OpenAIError(404, "model_not_found", $"There is no model '{model}'. {known}", "model");
    }

    private static IEnumerable<ServiceRoute> Visible(Caller caller, RouteTable table)
        => table.Services.Where(s =>
            AccessRules.Decide(caller, new AccessRequest("infer", "models", s.Service.Namespace, s.Service.Name)) is AccessDecision.Allowed);
}
