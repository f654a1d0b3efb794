using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Responses;

/// <summary>Which of a response's input items are asked for.</summary>
/// <param name="Limit">1 to 100.</param>
/// <param name="OldestFirst">False: the last one of the request comes first.</param>
/// <param name="After">Id of the item that the page begins after. Null: at the beginning.</param>
public sealed record InputPage(int Limit, bool OldestFirst, string? After)
{
    private const int MaxLimit = 100, DefaultLimit = 20;

    /// <summary>Reads a query; null: left out.</summary>
    public static ReadOutcome<InputPage> Read(string? limit, string? order, string? after, string? before)
    {
        int count = DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > MaxLimit))
            return new ReadOutcome<InputPage>.Refused(OpenAIError.Invalid("limit", $"'limit' is '{limit}'; it must be a whole number from 1 to {MaxLimit}."));
        if (order is not (null or "asc" or "desc"))
            return new ReadOutcome<InputPage>.Refused(OpenAIError.Invalid("order", $"'order' is '{order}'; it must be asc or desc."));
        if (before is not null)
            return new ReadOutcome<InputPage>.Refused(new OpenAIError(400, "unsupported_value", "'before' is not known here. Page with 'after', in the other 'order' if need be.", "before"));
        return new ReadOutcome<InputPage>.Ok(new InputPage(count, order == "asc", after));
    }

    /// <param name="input">All items, a JSON array.</param>
    /// <returns>The list, JSON in UTF-8. Null: there is no item <see cref="After"/>.</returns>
    public byte[]? Of(string input)
    {
        using var document = JsonDocument.Parse(input);
        var items = document.RootElement.EnumerateArray().ToList();
        if (!OldestFirst)
            items.Reverse();
        int start = After is null ? 0 : items.FindIndex(item => IdOf(item) == After) + 1;
        if (After is not null && start == 0)
            return null;
        var page = items.Skip(start).Take(Limit).ToList();
        return Write(page, hasMore: start + page.Count < items.Count);
    }

    private static byte[] Write(List<JsonElement> page, bool hasMore)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, WireJson.Writing))
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "list");
            json.WriteStartArray("data"u8);
            foreach (var item in page)
                item.WriteTo(json);
            json.WriteEndArray();
            json.WriteString("first_id"u8, page is [var first, ..] ? IdOf(first) : null);
            json.WriteString("last_id"u8, page is [.., var last] ? IdOf(last) : null);
            json.WriteBoolean("has_more"u8, hasMore);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static string? IdOf(JsonElement item) => item.TryGetProperty("id"u8, out var id) ? id.GetString() : null;
}
