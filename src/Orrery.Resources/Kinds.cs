using System.Collections.Frozen;
using Orrery.Resources.Accelerators;
using Orrery.Resources.Addons;
using Orrery.Resources.Benchmarks;
using Orrery.Resources.Capacity;
using Orrery.Resources.Clusters;
using Orrery.Resources.Graphs;
using Orrery.Resources.Models;
using Orrery.Resources.Notebooks;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Training;

namespace Orrery.Resources;

/// <summary>The table of kinds. A new kind is one file and one line here.</summary>
public static class Kinds
{
    /// <summary>Group of the kinds that are Orrery's own.</summary>
    public const string Group = "orrery.dev";

    public const string Version = "v1alpha1";

    public static IReadOnlyList<ResourceKind> All { get; } =
    [
        Namespace.Kind,
        Secret.Kind,
        ConfigMap.Kind,
        Node.Kind,
        Pod.Kind,
        Event.Kind,
        EndpointSlice.Kind,
        ControllerRevision.Kind,
        CustomResourceDefinition.Kind,
        BaseModel.Kind,
        ClusterBaseModel.Kind,
        FineTunedWeight.Kind,
        ServingRuntime.Kind,
        ClusterServingRuntime.Kind,
        AcceleratorClass.Kind,
        InferenceService.Kind,
        InferenceGraph.Kind,
        TrainingRuntime.Kind,
        ClusterTrainingRuntime.Kind,
        TrainingJob.Kind,
        BenchmarkJob.Kind,
        CapacityReservation.Kind,
        ClusterCapacityReservation.Kind,
        DedicatedAICluster.Kind,
        DedicatedAIClusterProfile.Kind,
        Notebook.Kind,
        MLCluster.Kind,
        Cluster.Kind,
        Addon.Kind,
    ];

    private static readonly FrozenDictionary<(string ApiVersion, string Kind), ResourceKind> ByName
        = All.ToFrozenDictionary(k => (k.ApiVersion, k.Name));

    public static ResourceKind? Find(string apiVersion, string kind) => ByName.GetValueOrDefault((apiVersion, kind));

    /// <summary>By URL: group (empty for core), version, plural.</summary>
    public static ResourceKind? FindPlural(string group, string version, string plural)
        => All.FirstOrDefault(k => k.Group == group && k.Version == version && k.Plural == plural);

    /// <summary>What a person types: plural, singular, kind, short name (each alone or with the group), or a category that stands for several.</summary>
    public static IReadOnlyList<ResourceKind> Named(string word)
    {
        string lower = word.ToLowerInvariant();
        var exact = All.Where(k => lower == k.Plural || lower == k.Singular || lower == k.QualifiedPlural || k.ShortNames.Contains(lower)).ToList();
        return exact.Count > 0 ? exact : [.. All.Where(k => k.Categories.Contains(lower))];
    }
}
