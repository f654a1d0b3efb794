using Orrery.Control.Serving;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;

namespace Orrery.Control.Runtimes;

/// <summary>A runtime that might serve a model, of either scope.</summary>
/// <param name="Kind"><c>ServingRuntime</c> or <c>ClusterServingRuntime</c>.</param>
public sealed record RuntimeCandidate(string Kind, string Name, RuntimeSpec Spec)
{
    public bool IsNamespaced => Kind == "ServingRuntime";
}

/// <summary>What selection knows of a model. Null: unknown, which is a warning and never a silent mismatch.</summary>
public sealed record ModelFacts(string Name, FormatSpec? Format, FormatSpec? Framework, string? Architecture, string? Quantization, double? Parameters)
{
    /// <summary>The family that <see cref="Architecture"/> is a class of; runtimes may name either.</summary>
    public string? ModelType { get; init; }

    /// <summary>What the spec says, and for the rest what was found in the files.</summary>
    public static ModelFacts Of(ObservedModel model) => new(
        model.Name,
        model.Spec.ModelFormat ?? (model.Status?.Format is { } format ? new FormatSpec { Name = format } : null),
        model.Spec.ModelFramework,
        model.Spec.ModelArchitecture ?? model.Status?.Architecture,
        model.Spec.Quantization ?? model.Status?.Quantization,
        model.Status?.Parameters)
    {
        ModelType = model.Spec.ModelType ?? model.Status?.ModelType,
    };
}

/// <summary>Which runtime, and why not the others.</summary>
public abstract record RuntimeDecision
{
    /// <param name="Warnings">What could not be checked.</param>
    public sealed record Chosen(RuntimeCandidate Runtime, IReadOnlyList<string> Warnings) : RuntimeDecision;

    /// <param name="Rejected">Each runtime with all of its reasons.</param>
    public sealed record None(string Message, IReadOnlyList<RejectedRuntime> Rejected) : RuntimeDecision;
}

public sealed record RejectedRuntime(string Kind, string Name, IReadOnlyList<string> Reasons)
{
    public override string ToString() => $"{Kind} '{Name}' ({string.Join("; ", Reasons)})";
}
