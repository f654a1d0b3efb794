using Orrery.Control.Accelerators;
using Orrery.Control.Places;
using Orrery.Control.Revisions;
using Orrery.Control.Runtimes;
using Orrery.Control.Serving.Dependencies;
using Orrery.Control.Serving.External;
using Orrery.Resources;
using Orrery.Resources.Accelerators;
using Orrery.Resources.Demand;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving;

/// <summary>Reads everything that a decision about one service looks at, and notes which objects those are. It reads no other service.</summary>
internal sealed class ServiceObserver(IResourceStore store, IWorkloadRuntime runtime, WorkloadView workloads, IDemandFeed demand, ServiceBoards boards, TimeProvider time)
{
    public async Task<ServiceObservation> ObserveAsync(Document document, CancellationToken ct)
    {
        var service = document.As<InferenceService>();
        string ns = document.Metadata.Namespace!;
        var written = service.Spec.External is null ? await RuntimesAsync(ns, ct) : [];
        var runtimes = await PinnedAsync(RuntimeInheritance.Resolve(written), service, ct);
        // Before anything else is read: what changes from here on wakes the service.
        boards.Index.Set(document.Key, ServiceNeeds.Of(ns, service.Spec, written, runtimes));
        var secrets = await SecretsAsync(ns, ServiceNeeds.Secrets(service.Spec, runtimes), ct);
        return new ServiceObservation(document, service, await ModelAsync(service, ct), runtimes, demand.Read(document.Key), time.GetUtcNow())
        {
            Workloads = Running(document.Key),
            Revisions = service.Spec.External is null ? await RevisionsAsync(document, service.Spec, ct) : [],
            CanaryAnswers = CanaryAnswers(document.Key),
            Place = service.Spec.External is null ? await PlaceAsync(document.Key, ct) : null,
            Secrets = secrets,
            Scaling = boards.Scaling.Get(document.Key),
            Grant = boards.Residency?.Last(document.Key),
            Usage = boards.Residency?.Usage(document.Key) ?? [],
            Weights = await WeightsAsync(ns, service.Spec.Model?.FineTunedWeights ?? [], ct),
            External = Elsewhere(document, service, secrets),
        };
    }

    private ExternalAnswer? Elsewhere(Document document, InferenceService service, IReadOnlyDictionary<string, ObservedSecret> secrets)
    {
        if (ExternalPlanner.Question(document, service.Spec, secrets) is { } question)
            return boards.External.Look(document.Key, question);
        boards.External.Forget(document.Key);
        return null;
    }

    private Dictionary<string, WorkloadState> Running(ResourceKey service)
        => ServingNames.WorkloadsOf(service.Name).Select(name => workloads.Get(new WorkloadKey(service.Namespace, name))).OfType<WorkloadState>()
            .ToDictionary(state => state.Key.Name[(service.Name.Length + 1)..]);

    /// <summary>Those that may run as they were rendered once are held against what is still there.</summary>
    private async Task<IReadOnlyList<ServiceRevision>> RevisionsAsync(Document service, InferenceServiceSpec spec, CancellationToken ct)
    {
        var revisions = await boards.Revisions.OfAsync(service, ct);
        return spec is { Paused: true } or { Engine.CanaryTrafficPercent: not null } ? [.. revisions.Select(r => r with { Missing = runtime.Missing(r.Engine) })] : revisions;
    }

    private AnswerCounts CanaryAnswers(ResourceKey service)
    {
        var canary = new WorkloadKey(service.Namespace, ServingNames.Workload(service.Name, ServingNames.Canary));
        return boards.Canaries.Since(service, workloads.Get(canary)?.Revision, demand.Answers(canary));
    }

    /// <summary>The runtime that the service names, as it was at the revision that it names.</summary>
    private async Task<IReadOnlyList<RuntimeCandidate>> PinnedAsync(IReadOnlyList<RuntimeCandidate> runtimes, InferenceService service, CancellationToken ct)
    {
        if (service.Spec.Runtime is not { Revision: { } revision, Name: { } name } named)
            return runtimes;
        var kept = await boards.Revisions.RuntimeAsync(service.Metadata.Namespace!, revision, ct);
        return [.. runtimes.Select(r => r.Name == name && (named.Kind ?? r.Kind) == r.Kind ? Pinned(r, revision, kept) : r)];
    }

    private static RuntimeCandidate Pinned(RuntimeCandidate runtime, string revision, RevisionRuntime? kept) => kept switch
    {
        null => runtime with { Problem = $"spec.runtime.revision: there is no ControllerRevision '{revision}' in the namespace that keeps a runtime; `orrery get controllerrevisions` lists them" },
        { Spec: { } spec } when kept.Kind == runtime.Kind && kept.Name == runtime.Name
            => runtime with { Spec = spec, Problem = null, Pinned = revision, HasDrifted = !RuntimeInheritance.IsSame(spec, runtime.Spec) },
        _ => runtime with { Problem = $"spec.runtime.revision: ControllerRevision '{revision}' keeps {kept.Kind} '{kept.Name}', not this one" },
    };

    private async Task<ObservedModel?> ModelAsync(InferenceService service, CancellationToken ct)
    {
        if (service.Spec is { External: not null } or not { Model.Name: not null })
            return null;
        var (name, kind) = (service.Spec.Model.Name, service.Spec.Model.Kind);
        if (kind is null or "BaseModel" && await store.GetAsync<BaseModel>(service.Metadata.Namespace!, name, ct) is { } model)
            return new ObservedModel("BaseModel", name, model.Spec, model.Status);
        if (kind is null or "ClusterBaseModel" && await store.GetAsync<ClusterBaseModel>("", name, ct) is { } cluster)
            return new ObservedModel("ClusterBaseModel", name, cluster.Spec, cluster.Status);
        return null;
    }

    private async Task<ServingPlace?> PlaceAsync(ResourceKey service, CancellationToken ct)
    {
        var nodes = await store.ListAsync<Node>(null, ct);
        if (nodes.Count == 0)
            return null;
        var classes = (await store.ListAsync<AcceleratorClass>(null, ct)).Select(c => new NamedClass(c.Metadata.Name!, c.Spec)).ToList();
        // Who has which accelerators matters only where there are some.
        return ServingPlace.Of(nodes, classes, classes.Count == 0 ? [] : await boards.Accelerators.ClaimsAsync(service, ct));
    }

    private async Task<IReadOnlyList<RuntimeCandidate>> RuntimesAsync(string ns, CancellationToken ct) =>
    [
        .. (await store.ListAsync<ServingRuntime>(ns, ct)).Select(r => new RuntimeCandidate("ServingRuntime", r.Metadata.Name!, r.Spec)),
        .. (await store.ListAsync<ClusterServingRuntime>(null, ct)).Select(r => new RuntimeCandidate("ClusterServingRuntime", r.Metadata.Name!, r.Spec)),
    ];

    private async Task<IReadOnlyDictionary<string, ObservedSecret>> SecretsAsync(string ns, IEnumerable<string> names, CancellationToken ct)
    {
        var secrets = new Dictionary<string, ObservedSecret>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (await store.GetAsync<Secret>(ns, name, ct) is { } secret)
                secrets[name] = new ObservedSecret(secret.Metadata.ResourceVersion, [.. secret.Data?.Keys ?? []]);
        }
        return secrets;
    }

    private async Task<IReadOnlyDictionary<string, FineTunedWeight>> WeightsAsync(string ns, IEnumerable<string> names, CancellationToken ct)
    {
        var weights = new Dictionary<string, FineTunedWeight>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (await store.GetAsync<FineTunedWeight>(ns, name, ct) is { } weight)
                weights[name] = weight;
        }
        return weights;
    }
}
