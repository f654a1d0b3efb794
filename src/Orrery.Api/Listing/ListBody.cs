using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orrery.Resources;

namespace Orrery.Api.Listing;

/// <summary>A page as the kind's <c>List</c>; objects leave as the bytes that are stored.</summary>
internal static class ListBody
{
    private const int FlushBytes = 64 * 1024;

    public static async Task WriteAsync(HttpContext http, ResourceKind kind, Page page)
    {
        http.Response.ContentType = Json.MediaType;
        var body = http.Response.BodyWriter;
        int unflushed = 0;
        WriteHead(body, kind, page);
        for (int i = 0; i < page.Items.Count; i++)
        {
            if (i > 0)
                Write(","u8);
            Write(page.Items[i].Utf8.Span);
            if (unflushed < FlushBytes)
                continue;
            await body.FlushAsync(http.RequestAborted);
            unflushed = 0;
        }
        Write("]}"u8);
        await body.FlushAsync(http.RequestAborted);

        void Write(ReadOnlySpan<byte> utf8)
        {
            body.Write(utf8);
            unflushed += utf8.Length;
        }
    }

    /// <summary>The fields of <c>ListMeta</c>, inside an object that the caller opened.</summary>
    /// <param name="always">Whether <c>continue</c> is there on a last page too, empty, as it is for custom resources.</param>
    public static void WriteMetadata(Utf8JsonWriter writer, Page page, bool always = false)
    {
        writer.WriteString("resourceVersion"u8, page.Version);
        if (page.Continue is not null || always)
            writer.WriteString("continue"u8, page.Continue ?? "");
        if (page.Remaining is { } remaining)
            writer.WriteNumber("remainingItemCount"u8, remaining);
    }

    private static void WriteHead(IBufferWriter<byte> body, ResourceKind kind, Page page)
    {
        // The last two bytes, "]}", are left for after the items.
        var head = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(head, Json.Compact))
        {
            writer.WriteStartObject();
            writer.WriteString("kind"u8, $"{kind.Name}List");
            writer.WriteString("apiVersion"u8, kind.ApiVersion);
            writer.WriteStartObject("metadata"u8);
            WriteMetadata(writer, page, always: kind.Group == Kinds.Group);
            writer.WriteEndObject();
            writer.WriteStartArray("items"u8);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        body.Write(head.WrittenSpan[..^2]);
    }
}
