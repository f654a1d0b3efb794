using System.Text.Json.Nodes;
using Orrery.Resources;
using Orrery.Resources.Standard;

namespace Orrery.Api.Metrics;

/// <summary>A kind of <c>metrics.k8s.io</c>: for each object of another kind, what it uses now.</summary>
/// <param name="Name">The <c>kind</c>.</param>
/// <param name="Of">Whose use it is; name, namespace and plural are the same.</param>
/// <param name="Make">Null: nothing of the object was measured.</param>
internal sealed record MetricsKind(string Name, ResourceKind Of, Func<Document, UsageReport, JsonObject?> Make)
{
    public const string Group = "metrics.k8s.io";
    public const string Version = "v1beta1";
    public const string ApiVersion = $"{Group}/{Version}";
    public const string Root = $"/apis/{ApiVersion}";

    public static IReadOnlyList<MetricsKind> All { get; } =
    [
        new("NodeMetrics", Node.Kind, MetricsObjects.OfNode),
        new("PodMetrics", Pod.Kind, MetricsObjects.OfPod),
    ];

    public string CollectionPath => Of.Namespaced ? $"{Root}/namespaces/{{namespace}}/{Of.Plural}" : $"{Root}/{Of.Plural}";
}
