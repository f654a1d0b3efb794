using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Orrery.Api;

/// <summary>JSON on its way out: compact, with text as it is.</summary>
internal static class Json
{
    public const string MediaType = "application/json";

    public static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Bytes(JsonNode json)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
            json.WriteTo(writer);
        return buffer.ToArray();
    }

    public static async Task WriteAsync(HttpContext http, int code, ReadOnlyMemory<byte> utf8)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = MediaType;
        http.Response.ContentLength = utf8.Length;
        await http.Response.BodyWriter.WriteAsync(utf8, http.RequestAborted);
    }
}
