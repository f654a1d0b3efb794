using Orrery.Api.Objects;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;

namespace Orrery.Api.Discovery;

/// <summary>A path below an object: <c>status</c>, <c>scale</c>.</summary>
/// <param name="Group">With version and kind: what is read and written there.</param>
internal sealed record Subresource(string Name, string Group, string Version, string Kind, IReadOnlyList<string> Verbs)
{
    private static readonly string[] ReadAndWrite = ["get", "patch", "update"];

    public static IReadOnlyList<Subresource> Of(ResourceKind kind)
    {
        var all = new List<Subresource>();
        if (kind.HasStatus)
            all.Add(new Subresource("status", kind.Group, kind.Version, kind.Name, ReadAndWrite));
        if (kind.Scale is not null)
            all.Add(new Subresource("scale", ScaleView.Group, ScaleView.Version, ScaleView.Kind, ReadAndWrite));
        if (kind == Pod.Kind || kind == InferenceService.Kind)
            all.Add(new Subresource("log", kind.Group, kind.Version, kind.Name, ["get"]));
        return all;
    }
}
