using System.Collections.Immutable;

namespace Orrery.Resources.Store;

/// <summary>
/// The last changes, shared by all watchers: each walks it at its own pace by version, so a slow one costs no memory and, once
/// overtaken, is told that it expired. One writer.
/// </summary>
internal sealed class ChangeHistory(int bound)
{
    private View _view = new(0, [], new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public sealed record View(long LastVersion, ImmutableList<Change> Changes, TaskCompletionSource Next)
    {
        public long FirstVersion => Changes.IsEmpty ? LastVersion + 1 : Changes[0].Version;
    }

    public View Current => Volatile.Read(ref _view);

    /// <param name="changes">As loaded: what was before each is known as far back as they go.</param>
    public void Start(long version, IEnumerable<Change> changes)
        => Volatile.Write(ref _view, _view with { LastVersion = version, Changes = [.. WithBefore(changes).TakeLast(bound)] });

    public void Add(IReadOnlyList<Change> changes)
    {
        var before = _view;
        var all = before.Changes.AddRange(changes);
        if (all.Count > bound)
            all = all.RemoveRange(0, all.Count - bound);
        Volatile.Write(ref _view, new View(changes[^1].Version, all, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        before.Next.SetResult();
    }

    private static IEnumerable<Change> WithBefore(IEnumerable<Change> changes)
    {
        var last = new Dictionary<ResourceKey, Document>();
        foreach (var change in changes)
        {
            var key = change.Document.Key;
            yield return change with { Before = last.GetValueOrDefault(key) };
            if (change.Type == ChangeType.Deleted)
                last.Remove(key);
            else
                last[key] = change.Document;
        }
    }
}
