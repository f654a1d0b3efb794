using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Discovery;
using Orrery.Control.Runtimes;
using Orrery.Control.Serving;
using Orrery.Resources;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;

namespace Orrery.Cli.Describing;

/// <summary>
/// Why an InferenceService runs as it does: its model, the runtime that wins, and every other runtime with the reasons against it. Decided here
/// by the function that the controller decides with, over the objects as the server has them now.
/// </summary>
internal static class ServiceDecision
{
    public static bool IsFor(ApiResource kind) => kind.Kind == InferenceService.Kind.Name && kind.Group == InferenceService.Kind.Group;

    /// <summary>Lines that are indented by two spaces.</summary>
    public static async Task<string> OfAsync(ResourceClient client, ApiCatalog catalog, JsonObject json, CancellationToken ct)
    {
        var service = json.Deserialize(InferenceService.View)!;
        string ns = service.Metadata.Namespace ?? "default";
        var model = await ModelAsync(client, catalog, service, ns, ct);
        if (model is null)
            return $"  model: none; {service.Spec.Model?.Kind ?? "BaseModel or ClusterBaseModel"} '{service.Spec.Model?.Name}' does not exist. See: orrery get models\n";
        List<RuntimeCandidate> runtimes =
        [
            .. (await AllAsync<ServingRuntime>(client, catalog, ns, ct)).Select(r => new RuntimeCandidate("ServingRuntime", r.Metadata.Name!, r.Spec)),
            .. (await AllAsync<ClusterServingRuntime>(client, catalog, ns, ct)).Select(r => new RuntimeCandidate("ClusterServingRuntime", r.Metadata.Name!, r.Spec)),
        ];
        return Text(model, service.Spec.Runtime, runtimes);
    }

    /// <inheritdoc cref="OfAsync"/>
    public static string Text(ObservedModel model, RuntimeReference? asked, IReadOnlyList<RuntimeCandidate> runtimes)
    {
        var facts = ModelFacts.Of(model);
        var text = new StringBuilder($"  model: {model.Kind} '{model.Name}' (format {facts.Format?.Name ?? "unknown"}, architecture {facts.Architecture ?? "unknown"}, quantization {facts.Quantization ?? "unknown"})\n");
        var decision = RuntimeSelection.Choose(facts, asked, runtimes);
        var winner = (decision as RuntimeDecision.Chosen)?.Runtime;
        if (decision is RuntimeDecision.Chosen chosen)
        {
            text.Append($"  runtime: {chosen.Runtime.Kind} '{chosen.Runtime.Name}', {(asked is null ? "chosen" : "asked for in spec.runtime")}\n");
            foreach (string warning in chosen.Warnings)
                text.Append($"    unchecked: {warning}\n");
        }
        else if (decision is RuntimeDecision.None none)
        {
            text.Append($"  runtime: none{(asked is null ? "" : $"; {none.Message}")}\n");
        }
        foreach (var other in runtimes.Where(r => r != winner))
        {
            // Held against the same model alone: it is rejected, or it would have done as well.
            text.Append($"  not {other.Kind} '{other.Name}':\n");
            foreach (string reason in RuntimeSelection.Choose(facts, asked: null, [other]) is RuntimeDecision.None { Rejected: [var rejected, ..] } ? rejected.Reasons : [Outranked(asked)])
                text.Append($"    - {reason}\n");
        }
        return text.ToString();
    }

    private static string Outranked(RuntimeReference? asked)
        => asked is null ? "it fits too; the winner has a higher priority, or is of the namespace, or comes first by name" : "it fits too; spec.runtime names another";

    private static async Task<ObservedModel?> ModelAsync(ResourceClient client, ApiCatalog catalog, InferenceService service, string ns, CancellationToken ct)
    {
        if (service.Spec.Model is not { Name: { } name } reference)
            return null;
        if (reference.Kind is null or "BaseModel" && await FindAsync<BaseModel>(client, catalog, ns, name, ct) is { } model)
            return new ObservedModel("BaseModel", name, model.Spec, model.Status);
        if (reference.Kind is null or "ClusterBaseModel" && await FindAsync<ClusterBaseModel>(client, catalog, ns, name, ct) is { } cluster)
            return new ObservedModel("ClusterBaseModel", name, cluster.Spec, cluster.Status);
        return null;
    }

    private static async Task<T?> FindAsync<T>(ResourceClient client, ApiCatalog catalog, string ns, string name, CancellationToken ct)
        where T : Resource, IResource<T>
        => await client.FindAsync(catalog.Of(T.Kind.ApiVersion, T.Kind.Name), ns, name, ct) is { } json ? json.Deserialize(T.View) : null;

    private static async Task<IEnumerable<T>> AllAsync<T>(ResourceClient client, ApiCatalog catalog, string ns, CancellationToken ct)
        where T : Resource, IResource<T>
        => (await client.ListAsync(catalog.Of(T.Kind.ApiVersion, T.Kind.Name), new ListQuery(ns), ct))["items"]!.AsArray().Select(i => i.Deserialize(T.View)!);
}
