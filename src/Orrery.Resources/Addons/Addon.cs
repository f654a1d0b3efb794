using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Addons;

/// <summary>A Helm chart that is kept at a version.</summary>
public sealed record Addon : Resource, IResource<Addon>
{
    /// <summary>What is asked for.</summary>
    [Required]
    public AddonSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was last observed. Losing it loses nothing.</summary>
    public ObservedStatus? Status { get; init; }

    public static JsonTypeInfo<Addon> View => ResourceJson.Default.Addon;

    public static ResourceKind Kind { get; } = new()
    {
        Group = Kinds.Group,
        Version = Kinds.Version,
        Name = "Addon",
        Plural = "addons",
        Namespaced = false,
        HasStatus = true,
        Columns =
        [
            new("Chart", "string", ".spec.chart", "Name of the chart."),
            new("Version", "string", ".spec.version", "Version that is wanted."),
            new("Enabled", "boolean", ".spec.enabled", "False: it is taken away."),
            ..PrinterColumn.Accepted,
        ],
        View = ResourceJson.Default.Addon,
        Problems = document => Shape.Problems<Addon>(document),
    };
}
