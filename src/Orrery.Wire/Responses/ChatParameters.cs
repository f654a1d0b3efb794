using System.Text.Json;
using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Responses;

/// <summary>How much is answered, how it is chosen and what it must be, in chat's words.</summary>
internal static class ChatParameters
{
    public const string IncludeLogProbs = "message.output_text.logprobs";

    // After the first line: additions to OpenAI's fields, as chat has them.
    private static readonly (string Theirs, string Ours)[] Same =
    [
        ("temperature", "temperature"), ("top_p", "top_p"), ("max_output_tokens", "max_completion_tokens"), ("user", "user"), ("stream", "stream"),
        ("top_k", "top_k"), ("min_p", "min_p"), ("seed", "seed"), ("stop", "stop"), ("logit_bias", "logit_bias"),
        ("presence_penalty", "presence_penalty"), ("frequency_penalty", "frequency_penalty"), ("repetition_penalty", "repetition_penalty"),
    ];

    public static void Write(Utf8JsonWriter json, FieldReader fields)
    {
        foreach (var (theirs, ours) in Same)
            Copy(json, fields, theirs, ours);
        if (fields.Object("reasoning") is { } reasoning)
            Copy(json, reasoning, "effort", "reasoning_effort");
        if (fields.Object("text") is { } text)
        {
            Copy(json, text, "verbosity", "verbosity");
            if (text.Object("format") is { } format)
                WriteFormat(json, format);
        }
        int? top = fields.Integer("top_logprobs", 0, GenerationParameters.MaxTopLogProbs);
        if (top is not null || fields.TextOrTexts("include").Contains(IncludeLogProbs))
        {
            json.WriteBoolean("logprobs"u8, true);
            json.WriteNumber("top_logprobs"u8, top ?? 0);
        }
        if (fields.Flag("stream"))
        {
            json.WriteStartObject("stream_options"u8);
            json.WriteBoolean("include_usage"u8, true);
            json.WriteEndObject();
        }
    }

    public static void Copy(Utf8JsonWriter json, FieldReader fields, string theirs, string ours)
    {
        if (fields.Any(theirs) is not { } value)
            return;
        json.WritePropertyName(ours);
        value.WriteTo(json);
    }

    private static void WriteFormat(Utf8JsonWriter json, FieldReader format)
    {
        switch (format.Text("type"))
        {
            case "text":
                break;
            case "json_object":
                json.WriteStartObject("response_format"u8);
                json.WriteString("type"u8, "json_object");
                json.WriteEndObject();
                break;
            case "json_schema" when format.Any("schema") is { ValueKind: JsonValueKind.Object }:
                json.WriteStartObject("response_format"u8);
                json.WriteString("type"u8, "json_schema");
                json.WriteStartObject("json_schema"u8);
                foreach (string name in new[] { "name", "description", "strict", "schema" })
                    Copy(json, format, name, name);
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            case "json_schema":
                format.Refuse("schema", "'text.format.schema' must be a JSON schema.");
                break;
            case var type:
                format.Refuse("type", $"'text.format.type' is '{type}'; it must be text, json_object or json_schema.");
                break;
        }
    }
}
