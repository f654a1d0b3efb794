using System.Text.Json;
using Orrery.Resources.Schema;

namespace Orrery.Resources;

/// <summary>Kubernetes ObjectMeta. What the store fills in itself (uid, versions, times) is ignored when a client sends it.</summary>
public sealed record Metadata
{
    public string? Name { get; init; }

    /// <summary>With no <see cref="Name"/>: a prefix to which the store adds five random letters.</summary>
    public string? GenerateName { get; init; }

    /// <summary>Null for kinds of cluster scope.</summary>
    public string? Namespace { get; init; }

    public string? Uid { get; init; }

    /// <summary>Opaque to everyone but the store: compare for equality only.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Counts changes of anything but metadata and status.</summary>
    public long? Generation { get; init; }

    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>Set when deletion was asked for while finalizers still hold the object.</summary>
    public DateTimeOffset? DeletionTimestamp { get; init; }

    public long? DeletionGracePeriodSeconds { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    [ListMap("uid")]
    public IReadOnlyList<OwnerReference>? OwnerReferences { get; init; }

    [ListSet]
    public IReadOnlyList<string>? Finalizers { get; init; }

    /// <summary>Who last wrote which fields. Kept by the store; see <see cref="Apply.ManagedFields"/>.</summary>
    public JsonElement? ManagedFields { get; init; }

    public string? SelfLink { get; init; }
}

/// <summary>An object whose end is the end of the one that carries this. Owners live in the same namespace or have cluster scope.</summary>
[AtomicMap]
public sealed record OwnerReference
{
    public string? ApiVersion { get; init; }
    public string? Kind { get; init; }
    public string? Name { get; init; }
    public string? Uid { get; init; }
    public bool? Controller { get; init; }
    public bool? BlockOwnerDeletion { get; init; }
}
