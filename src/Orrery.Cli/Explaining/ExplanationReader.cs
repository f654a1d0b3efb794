using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Discovery;
using Orrery.Control.Accelerators;
using Orrery.Control.Places;
using Orrery.Control.Runtimes;
using Orrery.Control.Serving;
using Orrery.Resources;
using Orrery.Resources.Accelerators;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;

namespace Orrery.Cli.Explaining;

/// <summary>Gets what a decision is explained from. What this caller may not read counts as unknown.</summary>
internal sealed class ExplanationReader(ResourceClient client, ApiCatalog catalog, string ns)
{
    /// <returns>Null: the service's model does not exist.</returns>
    public async Task<ExplanationInput?> OfServiceAsync(JsonObject json, CancellationToken ct)
    {
        var service = json.Deserialize(InferenceService.View)!;
        return service.Spec.Model is { Name: { } name } reference && await ModelAsync(name, reference.Kind, ct) is { } model
            ? new ExplanationInput(model, await RuntimesAsync(ct), await PlaceAsync(InferenceService.Kind.Key(ns, service.Metadata.Name!), ct)) { Service = service }
            : null;
    }

    /// <param name="kind">Null: a model of the namespace, then one of the cluster.</param>
    /// <returns>Null: there is none.</returns>
    public async Task<ExplanationInput?> OfModelAsync(string name, string? kind, CancellationToken ct)
        => await ModelAsync(name, kind, ct) is { } model ? new ExplanationInput(model, await RuntimesAsync(ct), await PlaceAsync(null, ct)) : null;

    private async Task<ObservedModel?> ModelAsync(string name, string? kind, CancellationToken ct)
    {
        if (kind is null or "BaseModel" && await FindAsync<BaseModel>(name, ct) is { } model)
            return new ObservedModel("BaseModel", name, model.Spec, model.Status);
        if (kind is null or "ClusterBaseModel" && await FindAsync<ClusterBaseModel>(name, ct) is { } cluster)
            return new ObservedModel("ClusterBaseModel", name, cluster.Spec, cluster.Status);
        return null;
    }

    private async Task<IReadOnlyList<RuntimeCandidate>> RuntimesAsync(CancellationToken ct) =>
    [
        .. (await AllAsync<ServingRuntime>(ns, ct)).Select(r => new RuntimeCandidate("ServingRuntime", r.Metadata.Name!, r.Spec)),
        .. (await AllAsync<ClusterServingRuntime>(ns, ct)).Select(r => new RuntimeCandidate("ClusterServingRuntime", r.Metadata.Name!, r.Spec)),
    ];

    private async Task<ServingPlace?> PlaceAsync(ResourceKey? service, CancellationToken ct)
    {
        try
        {
            List<Node> nodes = [.. await AllAsync<Node>(null, ct)];
            if (nodes.Count == 0)
                return null;
            List<NamedClass> classes = [.. (await AllAsync<AcceleratorClass>(null, ct)).Select(c => new NamedClass(c.Metadata.Name!, c.Spec))];
            return ServingPlace.Of(nodes, classes, AcceleratorClaims.Of([.. await AllAsync<InferenceService>(null, ct)], service));
        }
        catch (CliException e) when (e is UnknownKindException or RefusedException)
        {
            return null;
        }
    }

    private async Task<T?> FindAsync<T>(string name, CancellationToken ct)
        where T : Resource, IResource<T>
        => await client.FindAsync(catalog.Of(T.Kind.ApiVersion, T.Kind.Name), ns, name, ct) is { } json ? json.Deserialize(T.View) : null;

    private async Task<IEnumerable<T>> AllAsync<T>(string? where, CancellationToken ct)
        where T : Resource, IResource<T>
        => (await client.ListAsync(catalog.Of(T.Kind.ApiVersion, T.Kind.Name), new ListQuery(where), ct))["items"]!.AsArray().Select(i => i.Deserialize(T.View)!);
}
