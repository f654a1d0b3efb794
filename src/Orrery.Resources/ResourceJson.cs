using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
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

/// <summary>How resources look as JSON: camelCase, absent instead of null, times in whole seconds.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(KubernetesTimeConverter)])]
[JsonSerializable(typeof(Namespace))]
[JsonSerializable(typeof(Secret))]
[JsonSerializable(typeof(ConfigMap))]
[JsonSerializable(typeof(Node))]
[JsonSerializable(typeof(Pod))]
[JsonSerializable(typeof(Event))]
[JsonSerializable(typeof(EndpointSlice))]
[JsonSerializable(typeof(ControllerRevision))]
[JsonSerializable(typeof(CustomResourceDefinition))]
[JsonSerializable(typeof(BaseModel))]
[JsonSerializable(typeof(ClusterBaseModel))]
[JsonSerializable(typeof(FineTunedWeight))]
[JsonSerializable(typeof(ServingRuntime))]
[JsonSerializable(typeof(ClusterServingRuntime))]
[JsonSerializable(typeof(AcceleratorClass))]
[JsonSerializable(typeof(InferenceService))]
[JsonSerializable(typeof(InferenceGraph))]
[JsonSerializable(typeof(TrainingRuntime))]
[JsonSerializable(typeof(ClusterTrainingRuntime))]
[JsonSerializable(typeof(TrainingJob))]
[JsonSerializable(typeof(BenchmarkJob))]
[JsonSerializable(typeof(CapacityReservation))]
[JsonSerializable(typeof(ClusterCapacityReservation))]
[JsonSerializable(typeof(DedicatedAICluster))]
[JsonSerializable(typeof(DedicatedAIClusterProfile))]
[JsonSerializable(typeof(Notebook))]
[JsonSerializable(typeof(MLCluster))]
[JsonSerializable(typeof(Cluster))]
[JsonSerializable(typeof(Addon))]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(ModelStatus))]
[JsonSerializable(typeof(InferenceServiceStatus))]
[JsonSerializable(typeof(ServiceRevisionData))]
[JsonSerializable(typeof(ObservedStatus))]
[JsonSerializable(typeof(AcceleratorClassStatus))]
[JsonSerializable(typeof(RuntimeSpec))]
[JsonSerializable(typeof(SelectionStatus))]
public sealed partial class ResourceJson : JsonSerializerContext;

/// <summary>RFC 3339 in UTC with whole seconds, as Kubernetes' <c>metav1.Time</c>.</summary>
public sealed class KubernetesTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TokenType == JsonTokenType.String && TryParse(reader.GetString(), out var time)
            ? time
            : throw new JsonException("must be a time such as 2026-01-31T12:00:00Z.");

    internal static bool TryParse(string? text, out DateTimeOffset time)
        => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        => writer.WriteStringValue(Text(value));

    internal static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
