using System.Buffers;
using System.Text.Json;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Translation;

namespace Orrery.Wire.Anthropic;

/// <summary>
/// POST /v1/messages and /v1/messages/count_tokens as requests that every chat model answers. Format: Anthropic's API reference, "Messages", version 2023-06-01.
/// What only their service does (cache control, containers, servers of tools) is left out where an answer is the same without it, and refused where it is not.
/// </summary>
public static class MessagesRequest
{
    private const string ChatPath = "/v1/chat/completions", TokenizePath = "/v1/tokenize";

    /// <param name="utf8">The whole body.</param>
    public static TranslatedRequest Read(ReadOnlyMemory<byte> utf8)
    {
        string model = "";
        var read = FieldReader.Read(utf8, fields =>
        {
            model = ModelOf(fields);
            if (fields.Integer("max_tokens", 1, int.MaxValue) is null)
                fields.Refuse("max_tokens", "'max_tokens' must be set: a whole number of at least 1.");
            return Written(json =>
            {
                WriteConversation(json, fields, model);
                WriteParameters(json, fields);
            });
        });
        return Of(read, ChatPath, new MessagesAnswer(model));
    }

    /// <param name="utf8">The whole body.</param>
    public static TranslatedRequest ReadCount(ReadOnlyMemory<byte> utf8)
    {
        var read = FieldReader.Read(utf8, fields => Written(json =>
        {
            WriteConversation(json, fields, ModelOf(fields));
            json.WriteBoolean("add_generation_prompt"u8, true);
        }));
        return Of(read, TokenizePath, new TokenCount());
    }

    private static TranslatedRequest Of(ReadOutcome<byte[]> read, string path, IAnswerTranslation answer) => read switch
    {
        ReadOutcome<byte[]>.Ok(var body) => new TranslatedRequest.To(path, body, answer),
        ReadOutcome<byte[]>.Refused(var error) => new TranslatedRequest.Refused(error),
        _ => throw new InvalidOperationException("A request is read or refused."),
    };

    private static string ModelOf(FieldReader fields)
    {
        if (fields.Text("model") is { Length: > 0 } model)
            return model;
        fields.Refuse("model", "'model' must be set. GET /v1/models lists what there is.");
        return "";
    }

    private static byte[] Written(Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, WireJson.Writing))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteConversation(Utf8JsonWriter json, FieldReader fields, string model)
    {
        json.WriteString("model"u8, model);
        json.WriteStartArray("messages"u8);
        if (MessageContent.SystemText(fields) is { Length: > 0 } system)
            ChatMessages.Write(json, "system", system);
        if (fields.Any("messages") is { ValueKind: JsonValueKind.Array } messages && messages.GetArrayLength() > 0)
        {
            foreach (var (index, message) in messages.EnumerateArray().Index())
                ChatMessages.Write(json, fields, message, $"messages[{index}]");
        }
        else
        {
            fields.Refuse("messages", "'messages' must be an array with at least one message.");
        }
        json.WriteEndArray();
        MessageTools.Write(json, fields);
    }

    private static void WriteParameters(Utf8JsonWriter json, FieldReader fields)
    {
        foreach (var (theirs, ours) in Same)
        {
            if (fields.Any(theirs) is { } value)
            {
                json.WritePropertyName(ours);
                value.WriteTo(json);
            }
        }
        if (fields.Object("metadata")?.Text("user_id") is { } user)
            json.WriteString("user"u8, user);
        WriteFormat(json, fields);
        foreach (string name in OnlyTheirs.Where(name => fields.Any(name) is { } value && !(value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0)))
            fields.Refuse(name, $"'{name}' works at Anthropic's own service alone. Leave it out.", "unsupported_value");
        if (fields.Flag("stream"))
        {
            json.WriteStartObject("stream_options"u8);
            json.WriteBoolean("include_usage"u8, true);
            json.WriteEndObject();
        }
    }

    private static readonly (string Theirs, string Ours)[] Same =
    [
        ("max_tokens", "max_tokens"), ("temperature", "temperature"), ("top_p", "top_p"), ("top_k", "top_k"), ("stop_sequences", "stop"), ("stream", "stream"),
    ];

    private static readonly string[] OnlyTheirs = ["container", "mcp_servers"];

    /// <summary><c>output_config.format</c>, earlier <c>output_format</c>: an answer that is valid under a schema.</summary>
    private static void WriteFormat(Utf8JsonWriter json, FieldReader fields)
    {
        if ((fields.Object("output_config")?.Object("format") ?? fields.Object("output_format")) is not { } format)
            return;
        if (format.Text("type") != "json_schema")
            format.Refuse("type", "The format's 'type' must be json_schema.");
        if (format.Any("schema") is not { ValueKind: JsonValueKind.Object } schema)
        {
            format.Refuse("schema", "The format's 'schema' must be a JSON schema.");
            return;
        }
        json.WriteStartObject("response_format"u8);
        json.WriteString("type"u8, "json_schema");
        json.WriteStartObject("json_schema"u8);
        json.WriteString("name"u8, "output");
        json.WriteBoolean("strict"u8, true);
        json.WritePropertyName("schema"u8);
        schema.WriteTo(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
