using System.Buffers;
using System.Text.Json;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Translation;

namespace Orrery.Wire.Responses;

/// <summary>A response that is over, as it was stored.</summary>
/// <param name="Input">Its items, a JSON array.</param>
/// <param name="Response">The whole object, JSON.</param>
public sealed record EarlierTurn(string Input, string Response);

/// <summary>
/// POST /v1/responses as a request that every chat model answers. Format: OpenAI's API reference, "Responses". What only their service does (tools of its own,
/// conversations, the background) is refused by name.
/// </summary>
/// <param name="Chat">What goes to a chat model.</param>
/// <param name="Answer">The same that <paramref name="Chat"/> has.</param>
/// <param name="Input">The items of this request alone, as they are stored: JSON array in UTF-8. Empty where nothing is stored.</param>
/// <param name="Previous">The response that this one goes on from. Null: none.</param>
/// <param name="Store">True: the answer is to be stored.</param>
public sealed record ResponsesRequest(TranslatedRequest.To Chat, ResponsesAnswer Answer, ReadOnlyMemory<byte> Input, string? Previous, bool Store)
{
    private const string ChatPath = "/v1/chat/completions", PreviousField = "previous_response_id";

    /// <summary>The response that a request goes on from. Null: none, or <see cref="Read"/> says what is wrong with it.</summary>
    /// <param name="utf8">The whole body.</param>
    public static string? PreviousOf(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        string? previous = null;
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool found = reader.ValueTextEquals(PreviousField);
                reader.Read();
                if (found)
                    previous = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
            }
            return previous;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    public static OpenAIError PreviousMissing(string id, string missing) => new(
        400,
        "previous_response_not_found",
        (id == missing ? $"There is no response '{id}'" : $"Response '{id}' goes on from '{missing}', which is not there any more")
        + ": it was never stored, was deleted, or has expired. Send the items of the conversation as 'input'.",
        PreviousField);

    public static OpenAIError PreviousTooLong(string id) => new(
        400, "context_length_exceeded", $"The conversation that ends with response '{id}' is larger than what is read here. Send the items that matter as 'input'.", PreviousField);

    /// <param name="utf8">The whole body.</param>
    /// <param name="earlier">The conversation so far, oldest first.</param>
    /// <param name="mayStore">False: nothing is stored, whatever the request says.</param>
    public static ReadOutcome<ResponsesRequest> Read(ReadOnlyMemory<byte> utf8, IReadOnlyList<EarlierTurn> earlier, bool mayStore, DateTimeOffset now)
        => FieldReader.Read(utf8, fields =>
        {
            RefusedFields.Check(fields);
            var head = ResponseHead.Read(fields, mayStore, now);
            byte[] body = WriteChat(fields, head, earlier);
            // The answer repeats fields that nothing reads here, and an escape of half a character shows only when it is written.
            _ = ResponseBody.ToUtf8(head, ResponseEnd.NotYet, [], null);
            var answer = new ResponsesAnswer(head);
            return new ResponsesRequest(new TranslatedRequest.To(ChatPath, body, answer), answer, head.Store ? InputItems.Write(fields) : default, head.Previous, head.Store);
        });

    private static byte[] WriteChat(FieldReader fields, ResponseHead head, IReadOnlyList<EarlierTurn> earlier)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, WireJson.Writing))
        {
            json.WriteStartObject();
            json.WriteString("model"u8, head.Model);
            json.WriteStartArray("messages"u8);
            WriteMessages(json, fields, head, earlier);
            json.WriteEndArray();
            ResponseTools.Write(json, fields);
            ChatParameters.Write(json, fields);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteMessages(Utf8JsonWriter json, FieldReader fields, ResponseHead head, IReadOnlyList<EarlierTurn> earlier)
    {
        var chat = new ChatConversation(json, fields);
        if (head.Instructions is { Length: > 0 } instructions)
            chat.Instruct(instructions);
        foreach (var turn in earlier)
            AddEarlier(chat, turn);
        switch (fields.Any("input"))
        {
            case { ValueKind: JsonValueKind.String } text:
                chat.Ask(text.GetString()!);
                break;
            case { ValueKind: JsonValueKind.Array } items when items.GetArrayLength() > 0:
                foreach (var (index, item) in items.EnumerateArray().Index())
                    chat.Add(item, $"input[{index}]");
                break;
            default:
                fields.Refuse("input", "'input' must be a string or an array with at least one item.");
                break;
        }
        chat.End();
    }

    private static void AddEarlier(ChatConversation chat, EarlierTurn turn)
    {
        using var input = JsonDocument.Parse(turn.Input);
        using var response = JsonDocument.Parse(turn.Response);
        foreach (var item in input.RootElement.EnumerateArray().Concat(response.RootElement.GetProperty("output"u8).EnumerateArray()))
            chat.Add(item, "previous_response_id");
    }
}
