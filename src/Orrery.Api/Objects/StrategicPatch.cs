using System.Text.Json.Nodes;
using Orrery.Resources;

namespace Orrery.Api.Objects;

/// <summary>
/// For the kinds that Kubernetes itself has, <c>kubectl apply</c> sends strategic merge patches. Without directives (<c>$patch</c> and the like)
/// and without lists such a patch says the same as a merge patch, and is taken as one; others are refused.
/// </summary>
internal static class StrategicPatch
{
    public const string MediaType = "application/strategic-merge-patch+json";

    public static bool IsKnownFor(ResourceKind kind) => kind.Group != Kinds.Group;

    public static bool IsPlain(JsonNode? patch) => patch switch
    {
        JsonArray => false,
        JsonObject json => json.All(field => !field.Key.StartsWith('$') && IsPlain(field.Value)),
        _ => true,
    };
}
