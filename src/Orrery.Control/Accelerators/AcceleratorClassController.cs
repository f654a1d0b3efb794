using Orrery.Control.Loop;
using Orrery.Resources;
using Orrery.Resources.Accelerators;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Control.Accelerators;

/// <summary>Counts what there is of each AcceleratorClass, and makes a class for accelerators of a node that none describes.</summary>
public sealed class AcceleratorClassController(IResourceStore store, TimeProvider time) : IController
{
    public string Name => "acceleratorclasses";

    /// <summary>Nodes come and go, services take and return; a count is made anew for each class.</summary>
    public IReadOnlyList<Trigger> Triggers() =>
    [
        Trigger.For(store, AcceleratorClass.Kind),
        Trigger.Mapped(store, Node.Kind, NodeChangedAsync),
        Trigger.Mapped(store, InferenceService.Kind, (_, ct) => ClassesAsync(ct), Claims),
    ];

    public async Task<Requeue> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        // :: Observe
        if (await store.GetAsync(key, ct) is not { } document || document.Metadata.DeletionTimestamp is not null)
            return Requeue.No;
        var one = document.As<AcceleratorClass>();
        var nodes = await store.ListAsync<Node>(null, ct);
        var classes = (await store.ListAsync<AcceleratorClass>(null, ct)).Select(c => new NamedClass(c.Metadata.Name!, c.Spec)).ToList();
        var claims = AcceleratorClaims.Of(await store.ListAsync<InferenceService>(null, ct), except: null);

        // :: Decide
        var offer = AcceleratorOffers.Count(new NamedClass(key.Name, one.Spec), classes, nodes, claims);
        var wanted = AcceleratorClassPlan.Status(offer, one.Status, document.Metadata.Generation, time.GetUtcNow());

        // :: Report
        if (wanted is not null)
            (await store.UpdateStatusAsync(document.WithStatus(wanted, ResourceJson.Default.AcceleratorClassStatus), ct)).Stored();
        return Requeue.No;
    }

    // Of a service nothing else is counted.
    private static string Claims(Document service) => string.Join(' ', AcceleratorClaims.Of([service.As<InferenceService>()], except: null));

    private async Task<IEnumerable<ResourceKey>> NodeChangedAsync(Document node, CancellationToken ct)
    {
        var classes = await store.ListAsync<AcceleratorClass>(null, ct);
        foreach (var found in AcceleratorClassPlan.Discovered(node.As<Node>(), [.. classes.Select(c => new NamedClass(c.Metadata.Name!, c.Spec))]))
            await store.CreateAsync(Document.From(found), ct);
        return await ClassesAsync(ct);
    }

    private async Task<IEnumerable<ResourceKey>> ClassesAsync(CancellationToken ct)
        => (await store.ListAsync(AcceleratorClass.Kind, null, ct)).Items.Select(d => d.Key);
}
