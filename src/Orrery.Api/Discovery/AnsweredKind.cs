using Orrery.Api.Access.Reviews;
using Orrery.Api.Metrics;
using Orrery.Resources.Demand;

namespace Orrery.Api.Discovery;

/// <summary>A kind whose objects are made for each answer and never stored.</summary>
/// <param name="Plural">As in the URL; a subresource has a slash in it.</param>
/// <param name="Singular">Empty for subresources.</param>
/// <param name="Name">The <c>kind</c> of the answer.</param>
internal sealed record AnsweredKind(string Group, string Version, string Plural, string Singular, string Name, bool Namespaced, params IReadOnlyList<string> Verbs)
{
    /// <summary>The preferred version of a group before its others.</summary>
    public static IReadOnlyList<AnsweredKind> All { get; } =
    [
        .. ReviewKind.All.Select(k => new AnsweredKind(k.Group, k.Version, k.Plural, k.Singular, k.Name, k.Namespaced, "create")),
        .. MetricsKind.All.Select(k => new AnsweredKind(MetricsKind.Group, MetricsKind.Version, k.Of.Plural, "", k.Name, k.Of.Namespaced, "get", "list")),
        .. DemandMetric.All.Select(m => new AnsweredKind(DemandMetric.Group, DemandMetric.Version, m.Resource, "", "MetricValueList", Namespaced: true, "get")),
    ];

    /// <summary>The part of <see cref="Plural"/> before the slash.</summary>
    public string Resource => Plural.Split('/')[0];

    /// <summary>The part of <see cref="Plural"/> after the slash; null: it is no subresource.</summary>
    public string? Subresource => Plural.IndexOf('/') is >= 0 and var slash ? Plural[(slash + 1)..] : null;
}
