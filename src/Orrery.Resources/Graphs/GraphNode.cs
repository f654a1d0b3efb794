using Orrery.Resources.Schema;

namespace Orrery.Resources.Graphs;

/// <summary>One place where a request is passed on.</summary>
public sealed record GraphNode
{
    /// <summary>
    /// <c>Sequence</c>: one step after another. <c>Splitter</c>: one step, by weight. <c>Ensemble</c>: all steps at once, answers side by side.
    /// <c>Switch</c>: the first step whose condition holds.
    /// </summary>
    [Required(" to Sequence, Splitter, Ensemble or Switch"), OneOf("Sequence", "Splitter", "Ensemble", "Switch")]
    public string? RouterType { get; init; }

    /// <summary>Where requests go.</summary>
    [Required, AtMostElements(100)]
    public IReadOnlyList<GraphStep>? Steps { get; init; }

    internal static IReadOnlyList<Rule> Rules { get; } =
    [
        Rule.For<GraphNode>(
            "self.routerType != 'Splitter' || self.steps.all(s, has(s.weight))",
            n => n.RouterType != "Splitter" || n.Steps?.All(s => s.Weight is not null) != false, "steps", "must each have a weight, since routerType is Splitter"),
        Rule.For<GraphNode>(
            "self.routerType != 'Splitter' || !self.steps.all(s, has(s.weight)) || self.steps.map(s, s.weight).sum() == 100",
            n => n.RouterType != "Splitter" || n.Steps?.All(s => s.Weight is not null) == false || n.Steps?.Sum(s => (long?)s.Weight) == 100,
            "steps", "must have weights that sum to 100, since routerType is Splitter"),
    ];
}

/// <summary>One way on from a node: to a service, to an address or to another node.</summary>
public sealed record GraphStep
{
    /// <summary>Name in the answer of an Ensemble. Unset: its number.</summary>
    public string? Name { get; init; }

    /// <summary>Another node of this graph.</summary>
    public string? NodeName { get; init; }

    /// <summary>An InferenceService of the same namespace.</summary>
    public string? ServiceName { get; init; }

    /// <summary>Any other address.</summary>
    [Pattern("^https?://.+", "an address that starts with http:// or https://")]
    public string? ServiceUrl { get; init; }

    /// <summary>What the step gets: the first request, or the answer of the step before.</summary>
    [OneOf("$request", "$response")]
    public string? Data { get; init; }

    /// <summary>Share of requests, in percent, in a Splitter.</summary>
    [Between(0, 100)]
    public long? Weight { get; init; }

    /// <summary>A GJSON path that must be found in the request, or in the answer of the step before.</summary>
    public string? Condition { get; init; }

    /// <summary>Whether a failure ends the request (<c>Hard</c>) or is passed over (<c>Soft</c>). Default Soft.</summary>
    [OneOf("Soft", "Hard")]
    public string? Dependency { get; init; }

    internal static IReadOnlyList<Rule> Rules { get; } =
    [
        Rule.For<GraphStep>(
            "[has(self.nodeName), has(self.serviceName), has(self.serviceUrl)].filter(x, x).size() == 1",
            s => new[] { s.NodeName, s.ServiceName, s.ServiceUrl }.Count(t => t is not null) == 1,
            "serviceName", "or one of nodeName and serviceUrl must be set, and only one of the three"),
    ];
}
