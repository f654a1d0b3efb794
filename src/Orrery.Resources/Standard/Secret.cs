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
        => DataMaps.KeyProblems("data", Data)
            .Concat(DataMaps.Base64Problems("data", Data, "stringData"))
            .Concat(DataMaps.SizeProblems("data", null, Data))
            .Concat(SecretTypes.Problems(Type, Data));

    public static JsonTypeInfo<Secret> View => ResourceJson.Default.Secret;

    public static ResourceKind Kind { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "Secret",
        Plural = "secrets",
        Namespaced = true,
        HasGeneration = false,
        SelectableFields = ["type"],
        Columns =
        [
            new("Type", "string", ".type", "What kind of secret this is."),
            new("Data", "string", "", "How many values it holds.") { Cell = json => DataMaps.Count(json, "data") },
        ],
        View = ResourceJson.Default.Secret,
        Problems = document => Shape.Problems<Secret>(document),
        ChangeProblems = ChangesOf,
        Defaults = json =>
        {
            json["type"] ??= "Opaque";
            MoveStringData(json);
        },
    };

    private static IReadOnlyList<string> ChangesOf(Document before, Document after)
    {
        string? was = before.As<Secret>().Type, now = after.As<Secret>().Type;
        string[] type = was == now ? [] : [$"type: '{now}' was '{was}': field is immutable; delete the secret and create it again"];
        return [.. type, .. DataMaps.ChangeProblems(before, after, "data")];
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
