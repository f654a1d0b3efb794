using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;

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
[JsonSerializable(typeof(BaseModel))]
[JsonSerializable(typeof(ClusterBaseModel))]
[JsonSerializable(typeof(ServingRuntime))]
[JsonSerializable(typeof(ClusterServingRuntime))]
[JsonSerializable(typeof(InferenceService))]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(ModelStatus))]
[JsonSerializable(typeof(InferenceServiceStatus))]
public sealed partial class ResourceJson : JsonSerializerContext;

/// <summary>RFC 3339 in UTC with whole seconds, as Kubernetes' <c>metav1.Time</c>.</summary>
public sealed class KubernetesTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TokenType == JsonTokenType.String
           && DateTimeOffset.TryParse(reader.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw new JsonException("must be a time such as 2026-01-31T12:00:00Z.");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        => writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
}
