using System.Collections.Frozen;
using Orrery.Resources;
using Orrery.Resources.Addons;
using Orrery.Resources.Benchmarks;
using Orrery.Resources.Capacity;
using Orrery.Resources.Clusters;
using Orrery.Resources.Graphs;
using Orrery.Resources.Notebooks;
using Orrery.Resources.Training;

namespace Orrery.Control.Unattended;

/// <summary>Kinds that are stored and checked and that no controller of this build acts on: what is missing, and what to use instead.</summary>
internal static class UnattendedKinds
{
    private static readonly FrozenDictionary<ResourceKind, string> Missing = new Dictionary<ResourceKind, string>
    {
        [InferenceGraph.Kind] = "the gateway has no graph routes; call the services one by one",
        [TrainingRuntime.Kind] = "nothing trains",
        [ClusterTrainingRuntime.Kind] = "nothing trains",
        [TrainingJob.Kind] = "nothing trains; train elsewhere and name the result as a BaseModel",
        [BenchmarkJob.Kind] = "nothing makes the load; bench/run measures a service of this machine",
        [CapacityReservation.Kind] = "there are no quotas: every service gets what it asks for while there is room",
        [ClusterCapacityReservation.Kind] = "there are no quotas: every service gets what it asks for while there is room",
        [DedicatedAICluster.Kind] = "machines are not divided between owners; a home of its own keeps one apart",
        [DedicatedAIClusterProfile.Kind] = "machines are not divided between owners, so nothing uses a profile",
        [Notebook.Kind] = "nothing starts notebooks; start one yourself and call the gateway from it",
        [MLCluster.Kind] = "nothing starts Ray clusters",
        [Cluster.Kind] = "this plane runs what it has on its own machine alone",
        [Addon.Kind] = "nothing installs charts; install the chart with helm on the cluster that needs it",
    }.ToFrozenDictionary();

    public static IEnumerable<ResourceKind> All => Missing.Keys;

    /// <summary>For people: what is missing for objects of the kind, and what to do instead.</summary>
    public static string WhatIsMissing(ResourceKind kind) => Missing[kind];
}
