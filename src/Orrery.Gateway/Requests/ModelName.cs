using Orrery.Resources;
using Orrery.Resources.Serving;

namespace Orrery.Gateway.Requests;

/// <summary>
/// A model id as clients write it: <c>name</c> is an InferenceService in namespace <c>default</c>, <c>ns/name</c> one in another. After a colon
/// follows one of the FineTunedWeights that it serves beside its model.
/// </summary>
/// <param name="Weights">Null: the model as it is.</param>
internal sealed record ModelName(ResourceKey Service, string? Weights)
{
    public const string DefaultNamespace = "default";

    public static ModelName Parse(string model)
    {
        // Names of objects hold no colon, so the first one is the border.
        int colon = model.IndexOf(':');
        string service = colon < 0 ? model : model[..colon];
        int slash = service.IndexOf('/');
        return new ModelName(
            slash < 0 ? InferenceService.Kind.Key(DefaultNamespace, service) : InferenceService.Kind.Key(service[..slash], service[(slash + 1)..]),
            colon < 0 ? null : model[(colon + 1)..]);
    }

    public static string Of(ResourceKey service)
        => service.Namespace == DefaultNamespace ? service.Name : $"{service.Namespace}/{service.Name}";
}
