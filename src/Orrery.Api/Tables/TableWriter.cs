using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orrery.Api.Listing;
using Orrery.Resources.Text;
using Orrery.Resources;

namespace Orrery.Api.Tables;

/// <summary>Objects as a <c>meta.k8s.io/v1 Table</c>: NAME, the kind's own columns, AGE.</summary>
/// <param name="include">What each row carries besides its cells: <c>None</c>, <c>Metadata</c> or <c>Object</c>.</param>
internal sealed class TableWriter(ResourceKind kind, string include, DateTimeOffset now)
{
    /// <returns>The value of <c>includeObject</c>, by default <c>Metadata</c>; null for one that does not exist.</returns>
    public static string? Include(HttpRequest request) => (request.Query["includeObject"].FirstOrDefault() ?? "") switch
    {
        "" => "Metadata",
        "None" or "Metadata" or "Object" => request.Query["includeObject"][0],
        _ => null,
    };

    public static Refusal IncludeRefused(HttpRequest request)
        => Refusal.BadRequest($"includeObject: '{Excerpt.Of(request.Query["includeObject"].ToString())}' must be None, Metadata or Object");

    /// <param name="columns">False leaves the column definitions out: in a watch only the first table has them.</param>
    public void Write(Utf8JsonWriter writer, Page page, bool columns)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "Table"u8);
        writer.WriteString("apiVersion"u8, "meta.k8s.io/v1"u8);
        writer.WriteStartObject("metadata"u8);
        ListBody.WriteMetadata(writer, page);
        writer.WriteEndObject();
        writer.WriteStartArray("columnDefinitions"u8);
        if (columns)
            WriteColumns(writer);
        writer.WriteEndArray();
        writer.WriteStartArray("rows"u8);
        foreach (var document in page.Items)
            WriteRow(writer, document);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteColumns(Utf8JsonWriter writer)
    {
        foreach (var column in kind.Printed)
            WriteColumn(writer, column);
    }

    // Ages are text; tables of custom resources call them dates all the same.
    private string DateType => kind.Group == Kinds.Group ? "date" : "string";

    private void WriteColumn(Utf8JsonWriter writer, PrinterColumn column)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, column.Name);
        writer.WriteString("type"u8, column.Type == "date" ? DateType : column.Type);
        writer.WriteString("format"u8, column.Format);
        writer.WriteString("description"u8, column.Description);
        writer.WriteNumber("priority"u8, column.Priority);
        writer.WriteEndObject();
    }

    private void WriteRow(Utf8JsonWriter writer, Document document)
    {
        var json = document.ToJson();
        writer.WriteStartObject();
        writer.WriteStartArray("cells"u8);
        foreach (var column in kind.Printed)
            WriteCell(writer, column, json);
        writer.WriteEndArray();
        switch (include)
        {
            case "Object":
                writer.WritePropertyName("object"u8);
                writer.WriteRawValue(document.Utf8.Span, skipInputValidation: true);
                break;
            case "Metadata":
                writer.WriteStartObject("object"u8);
                writer.WriteString("kind"u8, "PartialObjectMetadata"u8);
                writer.WriteString("apiVersion"u8, "meta.k8s.io/v1"u8);
                writer.WritePropertyName("metadata"u8);
                json["metadata"]!.WriteTo(writer);
                writer.WriteEndObject();
                break;
            default:
                writer.WriteNull("object"u8);
                break;
        }
        writer.WriteEndObject();
    }

    private void WriteCell(Utf8JsonWriter writer, PrinterColumn column, JsonNode json)
    {
        string text = column.Text(json);
        switch (column.Type)
        {
            case "integer" when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number):
                writer.WriteNumberValue(number);
                break;
            case "boolean" when bool.TryParse(text, out bool flag):
                writer.WriteBooleanValue(flag);
                break;
            case "date" when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time):
                writer.WriteStringValue(Age.Since(time, now));
                break;
            // Of custom resources, a field that is not there is a cell that holds nothing, which kubectl shows as <none>.
            case var _ when text.Length == 0 && kind.Group == Kinds.Group:
                writer.WriteNullValue();
                break;
            case "date":
                writer.WriteStringValue("<unknown>");
                break;
            default:
                writer.WriteStringValue(text);
                break;
        }
    }
}
