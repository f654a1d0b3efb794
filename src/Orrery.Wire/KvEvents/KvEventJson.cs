using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orrery.Wire.KvEvents;

/// <summary>How the events look on the wire: snake_case, <c>type</c> first.</summary>
[JsonSerializable(typeof(KvEvent))]
public sealed partial class KvEventJson : JsonSerializerContext
{
    public static KvEventJson Wire { get; } = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower });
}
