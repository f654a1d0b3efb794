using Orrery.Resources;
using Orrery.Resources.Serving;

namespace Orrery.Gateway.Requests;

/// <summary>
/// A model id as clients write it names an InferenceService: <c>name</c> in namespace <c>default</c>, <c>ns/name</c> in another.
/// </summary>
internal static class ModelName
{
    public const string DefaultNamespace = "default";

    public static ResourceKey Parse(string model)
    {
        int slash = model.IndexOf('/');
        return slash < 0
            ? InferenceService.Kind.Key(DefaultNamespace, model)
            : InferenceService.Kind.Key(model[..slash], model[(slash + 1)..]);
    }

    public static string Of(ResourceKey service)
        => service.Namespace == DefaultNamespace ? service.Name : $"{service.Namespace}/{service.Name}";
}
