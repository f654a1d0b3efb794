using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Standard;

/// <summary>Kubernetes core/v1 Secret: values that processes get and that nobody prints.</summary>
public sealed record Secret : Resource, IResource<Secret>
{
    public string? Type { get; init; }

    /// <summary>Values in base64.</summary>
    public IReadOnlyDictionary<string, string>? Data { get; init; }

    /// <summary>Write-only convenience: plain values that the store moves into <see cref="Data"/>.</summary>
    public IReadOnlyDictionary<string, string>? StringData { get; init; }

    public bool? Immutable { get; init; }

    public override IEnumerable<string> Problems()
    {
        foreach (var (name, value) in Data ?? new Dictionary<string, string>())
        {
            if (!Names.IsFileKey(name))
                yield return $"data[{name}]: the key must be letters, digits, '-', '_' and '.', at most {Names.MaxLength}";
            if (!Convert.TryFromBase64String(value, new byte[value.Length], out _))
                yield return $"data.{name}: must be base64; put plain text under stringData";
        }
    }

    public static JsonTypeInfo<Secret> View => ResourceJson.Default.Secret;

    public static ResourceKind Kind { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "Secret",
        Plural = "secrets",
        Namespaced = true,
        Columns = [new("Type", "string", ".type", "What kind of secret this is.")],
        HasGeneration = false,
        View = ResourceJson.Default.Secret,
        Problems = document => Shape.Problems<Secret>(document),
        ForbiddenChanges = (before, after) => [.. FixedFields(before.ToJson(), after.ToJson())],
        Defaults = json =>
        {
            json["type"] ??= "Opaque";
            MoveStringData(json);
        },
    };

    /// <summary>As in Kubernetes: the type is for good, and once immutable the data is too.</summary>
    private static IEnumerable<string> FixedFields(JsonObject before, JsonObject after)
    {
        if (!JsonNode.DeepEquals(before["type"], after["type"]))
            yield return $"type: '{before["type"]}' cannot become '{after["type"]}': field is immutable; delete the Secret and create it again";
        if (before["immutable"] is not JsonValue fixedForGood || !fixedForGood.TryGetValue(out bool isFixed) || !isFixed)
            yield break;
        foreach (string field in new[] { "immutable", "data" })
        {
            if (!JsonNode.DeepEquals(before[field], after[field]))
                yield return $"{field}: Forbidden: field is immutable when `immutable` is set; delete the Secret and create it again";
        }
    }

    private static void MoveStringData(JsonObject json)
    {
        if (json["stringData"] is not JsonObject plain)
            return;
        if (json["data"] is not JsonObject data)
            json["data"] = data = [];
        foreach (var (name, value) in plain.ToList())
        {
            // A value of another type stays where it is, for validation to name it.
            if (value is JsonValue text && text.TryGetValue(out string? clear))
            {
                data[name] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(clear));
                plain.Remove(name);
            }
        }
        if (plain.Count == 0)
            json.Remove("stringData");
    }
}
