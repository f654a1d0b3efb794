using System.Text.Json;
using Orrery.Control.Runtimes;
using Orrery.Resources;
using Orrery.Resources.Accelerators;
using Orrery.Resources.Models;
using Orrery.Resources.Pods;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;

namespace Orrery.Control.Serving.Dependencies;

/// <summary>
/// The objects that a decision about a service looks at, also those that are not there: a change of one is a reason to decide again.
/// A key with an empty name stands for every object of its kind in its namespace. Pure.
/// </summary>
internal static class ServiceNeeds
{
    /// <param name="runtimes">With everything that they inherit.</param>
    /// <param name="unmerged">As they were written.</param>
    public static IReadOnlySet<ResourceKey> Of(string ns, InferenceServiceSpec spec, IReadOnlyList<RuntimeCandidate> unmerged, IReadOnlyList<RuntimeCandidate> runtimes)
    {
        HashSet<ResourceKey> needs = [.. Secrets(spec, runtimes).Select(s => Secret.Kind.Key(ns, s))];
        if (spec.External is not null)
            return needs;
        needs.UnionWith([Node.Kind.Key(""), AcceleratorClass.Kind.Key("")]);
        if (spec.Model?.Name is { } model)
            needs.UnionWith([BaseModel.Kind.Key(ns, model), ClusterBaseModel.Kind.Key(model)]);
        needs.UnionWith((spec.Model?.FineTunedWeights ?? []).Select(w => FineTunedWeight.Kind.Key(ns, w)));
        foreach (string runtime in spec.Runtime?.Name is { } named ? Line(named, unmerged) : [""])
            needs.UnionWith([ServingRuntime.Kind.Key(ns, runtime), ClusterServingRuntime.Kind.Key(runtime)]);
        return needs;
    }

    /// <summary>Names of Secrets that variables of the service name, and of any runtime that it may get.</summary>
    public static IReadOnlySet<string> Secrets(InferenceServiceSpec spec, IReadOnlyList<RuntimeCandidate> runtimes)
    {
        HashSet<string> names = spec.External?.ApiKey?.Name is { } key ? [key] : [];
        if (spec.External is not null)
            return names;
        foreach (var component in new[] { spec.Engine, spec.Decoder, spec.Router })
            names.UnionWith(Secrets(component));
        foreach (var runtime in runtimes.Where(r => spec.Runtime?.Name is null || r.Name == spec.Runtime.Name).Select(r => r.Spec))
        {
            names.UnionWith(Secrets(runtime.Process));
            foreach (var component in new[] { runtime.EngineConfig, runtime.DecoderConfig, runtime.RouterConfig })
                names.UnionWith(Secrets(component));
            names.UnionWith((runtime.Containers ?? []).SelectMany(Secrets));
        }
        return names;
    }

    private static IEnumerable<string> Secrets(ComponentSpec? component)
        => component is null ? [] : [.. Secrets(component.Process), .. Secrets(component.Runner), .. Secrets(component.Leader?.Runner)];

    private static IEnumerable<string> Secrets(ProcessSpec? process) => (process?.Env ?? []).Select(e => e.ValueFrom?.SecretKeyRef?.Name).OfType<string>();

    private static IEnumerable<string> Secrets(ContainerSpec? container)
        => (container?.Env ?? []).Select(e => e.ValueFrom is { ValueKind: JsonValueKind.Object } from && from.TryGetProperty("secretKeyRef", out var secret)
            && secret.ValueKind == JsonValueKind.Object && secret.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null).OfType<string>();

    /// <summary>A runtime and those that it inherits from, by name alone: whichever of two namesakes is meant.</summary>
    private static HashSet<string> Line(string name, IReadOnlyList<RuntimeCandidate> runtimes)
    {
        HashSet<string> line = [name];
        for (var queue = new Queue<string>(line); queue.TryDequeue(out string? at);)
        {
            foreach (string parent in runtimes.Where(r => r.Name == at).Select(r => r.Spec.InheritsFrom).OfType<string>().Where(line.Add))
                queue.Enqueue(parent);
        }
        return line;
    }
}
