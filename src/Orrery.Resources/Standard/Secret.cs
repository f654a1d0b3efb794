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
        View = ResourceJson.Default.Secret,
        Problems = document => Shape.Problems<Secret>(document),
        Defaults = json =>
        {
            json["type"] ??= "Opaque";
            MoveStringData(json);
        },
    };

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
