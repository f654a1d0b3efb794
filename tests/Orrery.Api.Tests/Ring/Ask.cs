using System.Text.Json.Nodes;

namespace Orrery.Api.Tests.Ring;

/// <summary>One request, as a scenario's file has it.</summary>
/// <param name="Path">Path and query. <c>{{step.field.0.field}}</c>, here and in the body, is a value of an earlier answer of the same server.</param>
/// <param name="Body">Null: none.</param>
internal sealed record Ask(string Step, string Method, string Path, IReadOnlyList<(string Name, string Value)> Headers, string? Body);

/// <summary>What a server said to it.</summary>
/// <param name="Body">JSON, a list of it where there is one value per line, or text.</param>
internal sealed record Answer(int Code, string? Type, JsonNode? Body)
{
    /// <summary>The code and what came: the kind of the object, or the reason of a refusal.</summary>
    public string Sort => Body is JsonObject json ? $"{Code} {json["kind"]}{(Code >= 400 ? $" {json["reason"]}" : "")}" : $"{Code} {Body?.GetValueKind()}";

    public JsonObject ToJson() => new() { ["code"] = Code, ["type"] = Type, ["body"] = Body?.DeepClone() };
}
