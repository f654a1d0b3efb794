namespace Orrery.Resources.Store;

/// <summary>Deleting in fewer words.</summary>
public static class Deletes
{
    /// <summary>Whatever the object owns goes as its finalizers say, mostly in the background.</summary>
    /// <inheritdoc cref="IResourceStore.DeleteAsync"/>
    public static Task<WriteOutcome> DeleteAsync(this IResourceStore store, ResourceKey key, Preconditions preconditions, CancellationToken ct)
        => store.DeleteAsync(key, preconditions, propagation: null, ct);
}
