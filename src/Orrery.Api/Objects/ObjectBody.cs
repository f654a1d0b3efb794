using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orrery.Api.Protobuf;
using Orrery.Resources;
using Orrery.Resources.Text;
using Orrery.Wire.Http;

namespace Orrery.Api.Objects;

/// <summary>A request's body as one JSON object, or why it is none.</summary>
internal abstract record ObjectBody
{
    public const string YamlType = "application/yaml";

    public sealed record Read(JsonObject Json) : ObjectBody;

    /// <summary>Only where a body may be left out.</summary>
    public sealed record Empty : ObjectBody;

    public sealed record Refused(Refusal Why) : ObjectBody;

    /// <param name="types">Media types that are understood; a request that names none means the first.</param>
    public static async Task<ObjectBody> ReadAsync(HttpRequest request, int maxBytes, IReadOnlyList<string> types)
    {
        string type = TypeOf(request) ?? types[0];
        if (!types.Contains(type) && request.ContentLength is not 0)
            return new Refused(Refusal.UnsupportedMediaType(request.ContentType, types));
        var (bytes, tooLarge) = await BytesAsync(request, maxBytes);
        if (tooLarge is not null)
            return new Refused(tooLarge);
        if (bytes.Length == 0)
            return new Empty();
        try
        {
            if (type == ProtobufObject.MediaType)
                return new Read(ProtobufObject.Parse(bytes.Span));
            return new Read(type.EndsWith("yaml", StringComparison.Ordinal) ? OneYaml(bytes.Span) : JsonText.ParseObject(bytes.Span));
        }
        catch (InvalidDocumentException e)
        {
            return new Refused(Refusal.BadRequest(e.Message));
        }
    }

    /// <summary>The media type, lower-case and without parameters; null when none is named.</summary>
    public static string? TypeOf(HttpRequest request) => request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();

    public static async Task<(ReadOnlyMemory<byte> Bytes, Refusal? TooLarge)> BytesAsync(HttpRequest request, int maxBytes)
        => await RequestBody.ReadAsync(request.HttpContext, maxBytes) is RequestBody.Whole { Bytes: var bytes } ? (bytes, null) : (default, Refusal.TooLarge(maxBytes));

    private static JsonObject OneYaml(ReadOnlySpan<byte> utf8)
    {
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
            throw new InvalidDocumentException("the body is not valid UTF-8");
        return Yaml.ParseAll(Encoding.UTF8.GetString(utf8)) is [var only]
            ? only
            : throw new InvalidDocumentException("the body must hold exactly one YAML document");
    }
}
