using Orrery.Resources;
using Orrery.Resources.Store;

namespace Orrery.Api.Listing;

/// <summary>
/// States of lists of which a client has got the first page, so that the later pages show the same moment. Objects are shared with the store,
/// so one costs a reference per object. Bounded in number, size and time; what is forgotten is answered as Expired.
/// </summary>
internal sealed class BegunLists(TimeProvider time)
{
    /// <summary>As long as Kubernetes by default keeps old states.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private const int MaxLists = 64;
    private const int MaxReferences = 1_000_000;

    private readonly LinkedList<Begun> _oldestFirst = [];
    private readonly Lock _lock = new();

    private sealed record Begun(ResourceKind Kind, string? Namespace, DocumentList List, long Since);

    public void Keep(ResourceKind kind, string? ns, DocumentList list)
    {
        lock (_lock)
        {
            Forget();
            if (Of(kind, ns, list.ResourceVersion) is not null)
                return;
            _oldestFirst.AddLast(new Begun(kind, ns, list, time.GetTimestamp()));
            while (_oldestFirst.Count > MaxLists || (_oldestFirst.Count > 1 && _oldestFirst.Sum(b => (long)b.List.Items.Count) > MaxReferences))
                _oldestFirst.RemoveFirst();
        }
    }

    /// <returns>Null: forgotten, or never begun.</returns>
    public DocumentList? Find(ResourceKind kind, string? ns, string version)
    {
        lock (_lock)
        {
            Forget();
            return Of(kind, ns, version)?.List;
        }
    }

    private Begun? Of(ResourceKind kind, string? ns, string version)
        => _oldestFirst.FirstOrDefault(b => b.Kind == kind && b.Namespace == ns && b.List.ResourceVersion == version);

    private void Forget()
    {
        while (_oldestFirst.First is { } oldest && time.GetElapsedTime(oldest.Value.Since) > Lifetime)
            _oldestFirst.RemoveFirst();
    }
}
