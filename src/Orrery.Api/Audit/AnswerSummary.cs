using System.Text.Json;

namespace Orrery.Api.Audit;

/// <summary>What the audit log takes from an answer: the object's name, which a create may have made up, and the reason of a Status.</summary>
/// <param name="Name">Null: the answer is about no single object.</param>
/// <param name="Reason">Null: it is no failure.</param>
internal readonly record struct AnswerSummary(string? Name, string? Reason)
{
    /// <param name="json">An object or a Status. Anything else: nothing.</param>
    public static AnswerSummary Of(ReadOnlySpan<byte> json)
    {
        var summary = new AnswerSummary();
        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return summary;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool named = reader.ValueTextEquals("metadata"u8) || reader.ValueTextEquals("details"u8);
                bool reason = reader.ValueTextEquals("reason"u8);
                reader.Read();
                if (named && reader.TokenType == JsonTokenType.StartObject)
                    summary = summary with { Name = summary.Name ?? NameIn(ref reader) };
                else if (reason && reader.TokenType == JsonTokenType.String)
                    summary = summary with { Reason = reader.GetString() };
                else
                    reader.Skip();
            }
            return summary;
        }
        catch (JsonException)
        {
            return summary;
        }
    }

    private static string? NameIn(ref Utf8JsonReader reader)
    {
        string? name = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isName = reader.ValueTextEquals("name"u8);
            reader.Read();
            if (isName && reader.TokenType == JsonTokenType.String)
                name = reader.GetString();
            else
                reader.Skip();
        }
        return name;
    }
}
