using Orrery.Resources.Benchmarks;
using Orrery.Resources.Capacity;
using Orrery.Resources.Clusters;
using Orrery.Resources.Graphs;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Training;

namespace Orrery.Resources.Schema;

/// <summary>The table of rules between fields. Each stands beside its record.</summary>
public static class SchemaRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        .. InferenceService.Rules,
        .. InferenceServiceSpec.Rules,
        .. EnvVar.Rules,
        .. ComponentSpec.Rules,
        .. ServingAcceleratorConstraints.Rules,
        .. SupportedModelFormat.Rules,
        .. BenchmarkEndpoint.Rules,
        .. InferenceGraphSpec.Rules,
        .. GraphNode.Rules,
        .. GraphStep.Rules,
        .. MachineLearningPolicy.Rules,
        .. ElasticPolicy.Rules,
        .. WorkerGroup.Rules,
        .. ClusterSpec.Rules,
        .. DedicatedAIClusterSpec.Rules,
    ];

    public static IEnumerable<Rule> On(Type record) => All.Where(r => r.On == record);
}
