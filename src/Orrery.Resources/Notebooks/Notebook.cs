using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Notebooks;

/// <summary>An interactive environment with storage of its own, reached through the session tunnel.</summary>
public sealed record Notebook : Resource, IResource<Notebook>
{
    /// <summary>What is asked for.</summary>
    [Required]
    public NotebookSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was last observed. Losing it loses nothing.</summary>
    public ObservedStatus? Status { get; init; }

    public static JsonTypeInfo<Notebook> View => ResourceJson.Default.Notebook;

    public static ResourceKind Kind { get; } = new()
    {
        Group = Kinds.Group,
        Version = Kinds.Version,
        Name = "Notebook",
        Plural = "notebooks",
        ShortNames = ["nb"],
        Namespaced = true,
        HasStatus = true,
        Columns =
        [
            new("Type", "string", ".spec.type", "What runs in it."),
            new("Stopped", "boolean", ".spec.stopped", "True: its storage stays, nothing runs."),
            ..PrinterColumn.Accepted,
        ],
        View = ResourceJson.Default.Notebook,
        Problems = document => Shape.Problems<Notebook>(document),
    };
}
