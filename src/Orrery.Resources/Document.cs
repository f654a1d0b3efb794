using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Orrery.Resources;

/// <summary>
/// A resource as it was written: immutable UTF-8 JSON with its metadata read once. Fields that nobody here knows stay in it;
/// typed views (<see cref="As{T}"/>) are for reading, <see cref="Edit"/> makes a changed copy.
/// </summary>
public sealed class Document
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Deeper JSON is refused: it serves no resource and costs stack.</summary>
    public const int MaxDepth = 64;

    /// <summary>Of what a store takes: a request as large as the API reads (3 MiB), and who owns its fields. Patches could grow an object without end.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private Document(ReadOnlyMemory<byte> utf8, ResourceKind kind, Metadata metadata)
    {
        Utf8 = utf8;
        Kind = kind;
        Metadata = metadata;
    }

    /// <summary>One JSON object, compact.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    public ResourceKind Kind { get; }

    public Metadata Metadata { get; }

    public ResourceKey Key => Kind.Key(Metadata.Namespace, Metadata.Name ?? "");

    /// <exception cref="InvalidDocumentException">apiVersion, kind or metadata are missing, unknown or of the wrong type.</exception>
    public static Document From(JsonObject json)
    {
        var kind = KindOf(json);
        byte[] utf8 = ToUtf8(json);
        return new Document(utf8, kind, MetadataOf(json, kind));
    }

    /// <inheritdoc cref="From(JsonObject)"/>
    public static Document Parse(ReadOnlySpan<byte> utf8) => From(JsonText.ParseObject(utf8));

    /// <summary>The document of a typed record; its apiVersion and kind are filled in.</summary>
    public static Document From<T>(T resource)
        where T : Resource, IResource<T>
        => From(JsonSerializer.SerializeToNode(resource with { ApiVersion = T.Kind.ApiVersion, KindName = T.Kind.Name }, T.View)!.AsObject());

    /// <summary>A fresh mutable copy.</summary>
    public JsonObject ToJson() => JsonText.ParseObject(Utf8.Span);

    public Document Edit(Action<JsonObject> edit)
    {
        var json = ToJson();
        edit(json);
        return From(json);
    }

    /// <summary>A copy with the status replaced; everything else stays as it was written.</summary>
    public Document WithStatus<TStatus>(TStatus status, JsonTypeInfo<TStatus> view)
        => Edit(json => json["status"] = JsonSerializer.SerializeToNode(status, view));

    /// <exception cref="InvalidDocumentException">A known field holds a value of the wrong type.</exception>
    public T As<T>()
        where T : Resource, IResource<T>
    {
        try
        {
            return JsonSerializer.Deserialize(Utf8.Span, T.View)!;
        }
        catch (JsonException e)
        {
            throw new InvalidDocumentException(JsonText.Problem(e));
        }
    }

    public override string ToString() => $"{Key} @{Metadata.ResourceVersion}";

    internal static byte[] ToUtf8(JsonNode json)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Compact))
            json.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }

    private static ResourceKind KindOf(JsonObject json)
    {
        string apiVersion = RequiredString(json, "apiVersion");
        string kind = RequiredString(json, "kind");
        return Kinds.Find(apiVersion, kind)
            ?? throw new InvalidDocumentException(
                $"kind: no kind '{kind}' in apiVersion '{apiVersion}'. Known: {string.Join(", ", Kinds.All.Select(k => $"{k.ApiVersion} {k.Name}"))}");
    }

    private static string RequiredString(JsonObject json, string field)
        => json[field] is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is { Length: > 0 } text
            ? text
            : throw new InvalidDocumentException($"{field}: must be set to a string");

    private static Metadata MetadataOf(JsonObject json, ResourceKind kind)
    {
        if (json["metadata"] is not JsonObject metadata)
            throw new InvalidDocumentException("metadata: must be an object with at least a name");
        try
        {
            var read = metadata.Deserialize(ResourceJson.Default.Metadata)!;
            return kind.Namespaced ? read : read with { Namespace = null };
        }
        catch (JsonException e)
        {
            throw new InvalidDocumentException(JsonText.Problem(e, "metadata"));
        }
    }
}

/// <summary>JSON that is no resource. The message starts with the field's path.</summary>
public sealed class InvalidDocumentException(string message) : Exception(message);
