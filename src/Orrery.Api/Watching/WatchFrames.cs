using System.Buffers;
using System.Text.Json;
using Orrery.Api.Listing;
using Orrery.Api.Tables;
using Orrery.Resources;
using Orrery.Resources.Store;

namespace Orrery.Api.Watching;

/// <summary>Changes as lines of JSON: <c>{"type":"ADDED","object":…}</c>.</summary>
internal sealed class WatchFrames(ResourceKind kind, WatchQuery query, TimeProvider time)
{
    private bool _columnsSent;

    public void Write(IBufferWriter<byte> output, WatchEvent change)
    {
        switch (change)
        {
            case WatchEvent.Added added:
                WriteObject(output, "ADDED"u8, added.Document);
                break;
            case WatchEvent.Modified modified:
                WriteObject(output, "MODIFIED"u8, modified.Document);
                break;
            case WatchEvent.Deleted deleted:
                WriteObject(output, "DELETED"u8, deleted.Document);
                break;
            case WatchEvent.Expired expired:
                Line(output, "ERROR"u8, writer => Refusal.Expired(expired.Message).WriteTo(writer));
                break;
        }
    }

    /// <summary>Nothing happened, but up to this version the client has seen everything.</summary>
    /// <param name="endOfState">True: the objects that were there at the start have all been told.</param>
    public void WriteBookmark(IBufferWriter<byte> output, string version, bool endOfState) => Line(output, "BOOKMARK"u8, writer =>
    {
        if (query.Rendering == Rendering.Table)
            WriteTable(writer, new Page(version, []));
        else
            WriteBookmarkObject(writer, version, endOfState);
    });

    private void WriteBookmarkObject(Utf8JsonWriter writer, string version, bool endOfState)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, kind.Name);
        writer.WriteString("apiVersion"u8, kind.ApiVersion);
        writer.WriteStartObject("metadata"u8);
        writer.WriteString("resourceVersion"u8, version);
        writer.WriteNull("creationTimestamp"u8);
        if (endOfState)
        {
            writer.WriteStartObject("annotations"u8);
            writer.WriteString("k8s.io/initial-events-end"u8, "true"u8);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteObject(IBufferWriter<byte> output, ReadOnlySpan<byte> type, Document document)
    {
        if (query.Rendering == Rendering.Table)
            Line(output, type, writer => WriteTable(writer, new Page(document.Metadata.ResourceVersion!, [document])));
        else
            Line(output, type, writer => writer.WriteRawValue(document.Utf8.Span, skipInputValidation: true));
    }

    private void WriteTable(Utf8JsonWriter writer, Page page)
    {
        new TableWriter(kind, query.Include, time.GetUtcNow()).Write(writer, page, columns: !_columnsSent);
        _columnsSent = true;
    }

    private static void Line(IBufferWriter<byte> output, ReadOnlySpan<byte> type, Action<Utf8JsonWriter> writeObject)
    {
        using (var writer = new Utf8JsonWriter(output, Json.Compact))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, type);
            writer.WritePropertyName("object"u8);
            writeObject(writer);
            writer.WriteEndObject();
        }
        output.Write("\n"u8);
    }
}
