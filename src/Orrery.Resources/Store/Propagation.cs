namespace Orrery.Resources.Store;

/// <summary>What a delete does to the objects that the deleted one owns.</summary>
public enum Propagation
{
    /// <summary>They go as soon as it has gone.</summary>
    Background,

    /// <summary>It waits, marked, until those that block it (<see cref="OwnerReference.BlockOwnerDeletion"/>) have gone.</summary>
    Foreground,

    /// <summary>They stay and no longer name it as an owner.</summary>
    Orphan,
}

/// <summary>Kubernetes' finalizers that stand for a <see cref="Propagation"/>. They are the store's to take off, not a controller's.</summary>
public static class PropagationFinalizers
{
    public const string Foreground = "foregroundDeletion";
    public const string Orphan = "orphan";

    /// <summary>What the object itself asks for when a delete does not say.</summary>
    public static Propagation Asked(Document document)
    {
        var finalizers = document.Metadata.Finalizers ?? [];
        return finalizers.Contains(Orphan) ? Propagation.Orphan
            : finalizers.Contains(Foreground) ? Propagation.Foreground
            : Propagation.Background;
    }

    /// <summary>Finalizers that somebody else has to take off.</summary>
    public static IReadOnlyList<string> Others(Document document)
        => [.. (document.Metadata.Finalizers ?? []).Where(f => f is not (Foreground or Orphan))];
}
