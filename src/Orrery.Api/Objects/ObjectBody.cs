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
    public const string MergePatchType = "application/merge-patch+json";

    public sealed record Read(JsonObject Json) : ObjectBody;

    /// <summary>Only where a body may be left out.</summary>
    public sealed record Empty : ObjectBody;

    public sealed record Refused(Refusal Why) : ObjectBody;

    /// <param name="types">Media types that are understood; a request that names none means the first.</param>
    public static async Task<ObjectBody> ReadAsync(HttpRequest request, int maxBytes, IReadOnlyList<string> types)
    {
        string type = (request.ContentType ?? types[0]).Split(';')[0].Trim().ToLowerInvariant();
        if (!types.Contains(type) && request.ContentLength is not 0)
            return new Refused(Refusal.UnsupportedMediaType(request.ContentType, types));
        if (await RequestBody.ReadAsync(request.HttpContext, maxBytes) is not RequestBody.Whole { Bytes: var bytes })
            return new Refused(Refusal.TooLarge(maxBytes));
        if (bytes.Length == 0)
            return new Empty();
        try
        {
            return new Read(type switch
            {
                YamlType => OneYaml(bytes.Span),
                ProtobufObject.MediaType => ProtobufObject.Parse(bytes.Span),
                _ => JsonText.ParseObject(bytes.Span),
            });
        }
        catch (InvalidDocumentException e)
        {
            return new Refused(Refusal.BadRequest(e.Message));
        }
    }

    private static JsonObject OneYaml(ReadOnlySpan<byte> utf8)
    {
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
            throw new InvalidDocumentException("the body is not valid UTF-8");
        return Yaml.ParseAll(Encoding.UTF8.GetString(utf8)) is [var only]
            ? only
            : throw new InvalidDocumentException("the body must hold exactly one YAML document");
    }
}
