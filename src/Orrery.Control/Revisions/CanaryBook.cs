using System.Collections.Concurrent;
using Orrery.Resources;
using Orrery.Resources.Demand;

namespace Orrery.Control.Revisions;

/// <summary>Remembers how many answers a canary's workload had given when its present revision began, since its counts go on from one revision to the next.</summary>
internal sealed class CanaryBook
{
    private readonly ConcurrentDictionary<ResourceKey, (string Revision, AnswerCounts Before)> _begun = new();

    /// <param name="revision">That runs as the canary now; null: none does.</param>
    /// <returns>Since that revision was first seen.</returns>
    public AnswerCounts Since(ResourceKey service, string? revision, AnswerCounts now)
    {
        if (revision is null)
        {
            _begun.TryRemove(service, out _);
            return AnswerCounts.None;
        }
        var (_, before) = _begun.AddOrUpdate(service, _ => (revision, now), (_, known) => known.Revision == revision ? known : (revision, now));
        return new AnswerCounts(now.All - before.All, now.Failed - before.Failed);
    }

    public void Remove(ResourceKey service) => _begun.TryRemove(service, out _);
}
