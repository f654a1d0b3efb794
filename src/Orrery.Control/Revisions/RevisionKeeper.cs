using Orrery.Control.Loop;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Control.Revisions;

/// <summary>Reads and writes the revisions of services as ControllerRevisions.</summary>
public sealed class RevisionKeeper(IResourceStore store)
{
    public async Task<IReadOnlyList<ServiceRevision>> OfAsync(Document service, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(service);
        var all = await store.ListAsync(ControllerRevision.Kind, service.Metadata.Namespace, ct);
        return
        [
            .. all.Items.Where(d => d.Metadata.Labels?.GetValueOrDefault(ServiceRevision.ServiceLabel) == service.Metadata.Name)
                .Select(d => ServiceRevision.Read(d, service.Metadata.Uid!)).OfType<ServiceRevision>(),
        ];
    }

    /// <exception cref="StoreConflictException">Somebody else wrote one of them in between.</exception>
    public async Task WriteAsync(Document service, RolloutPlan plan, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(plan);
        foreach (var revision in plan.Keep)
        {
            var document = revision.ToDocument(service);
            var outcome = revision.ResourceVersion is null ? await store.CreateAsync(document, ct) : await store.UpdateAsync(document, ct);
            // Made in between, from the same template: what is there will be read next time.
            if (outcome is not WriteOutcome.AlreadyExists)
                outcome.Stored();
        }
        foreach (var revision in plan.Forget)
            await store.DeleteAsync(ControllerRevision.Kind.Key(service.Metadata.Namespace, revision.Name), Preconditions.None, ct);
    }

    /// <summary>The service of each revision that came, changed or went.</summary>
    public Trigger Trigger() => Loop.Trigger.Mapped(store, ControllerRevision.Kind, (revision, _) => Task.FromResult<IEnumerable<ResourceKey>>(
        revision.Metadata.OwnerReferences is [{ Kind: "InferenceService", Name: { } name }, ..] ? [InferenceService.Kind.Key(revision.Metadata.Namespace, name)] : []));
}
