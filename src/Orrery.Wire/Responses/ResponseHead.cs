using System.Text.Json;
using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Responses;

/// <summary>What of a response is known before it is made: mostly what was asked, which it repeats.</summary>
internal sealed record ResponseHead
{
    // As they were sent: they stand in the answer.
    private static readonly string[] Repeated =
    [
        "instructions", "max_output_tokens", "metadata", "previous_response_id", "prompt_cache_key", "safety_identifier", "temperature", "tool_choice", "tools",
        "top_logprobs", "top_p", "user",
    ];

    private IReadOnlyList<(string Name, JsonElement? Value)> _repeated = [];
    private (JsonElement? Value, string? Verbosity) _format;
    private string? _effort;
    private bool _parallel;

    public string Id { get; } = ItemId.New(ItemId.Response);

    /// <summary>Unix seconds.</summary>
    public required long Created { get; init; }

    /// <summary>As the client called it.</summary>
    public required string Model { get; init; }

    public required bool Store { get; init; }

    public string? Instructions { get; private init; }

    public string? Previous { get; private init; }

    public static ResponseHead Read(FieldReader fields, bool mayStore, DateTimeOffset now)
    {
        if (fields.Text("model") is not { Length: > 0 } model)
        {
            fields.Refuse("model", "'model' must be set. GET /v1/models lists what there is.");
            model = "";
        }
        fields.Integer("max_output_tokens", 1, int.MaxValue);
        fields.Number("temperature", 0, 2);
        fields.Number("top_p", 0, 1);
        foreach (string text in new[] { "prompt_cache_key", "safety_identifier", "user" })
            fields.Text(text);
        return new ResponseHead
        {
            Created = now.ToUnixTimeSeconds(),
            Model = model,
            Store = fields.Flag("store", unless: true) && mayStore,
            Instructions = fields.Text("instructions"),
            Previous = fields.Text("previous_response_id"),
            _repeated = [.. Repeated.Select(name => (name, fields.Any(name)?.Clone()))],
            _format = (fields.Object("text")?.Any("format")?.Clone(), fields.Object("text")?.Text("verbosity")),
            _effort = fields.Object("reasoning")?.Text("effort"),
            _parallel = fields.Flag("parallel_tool_calls", unless: true),
        };
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("id"u8, Id);
        json.WriteString("object"u8, "response");
        json.WriteNumber("created_at"u8, Created);
        json.WriteString("model"u8, Model);
        json.WriteBoolean("background"u8, false);
        foreach (var (name, value) in _repeated)
            WriteRepeated(json, name, value);
        json.WriteBoolean("parallel_tool_calls"u8, _parallel);
        json.WriteStartObject("reasoning"u8);
        json.WriteString("effort"u8, _effort);
        json.WriteNull("summary"u8);
        json.WriteEndObject();
        json.WriteString("service_tier"u8, "default");
        json.WriteBoolean("store"u8, Store);
        json.WriteStartObject("text"u8);
        WriteFormat(json);
        json.WriteEndObject();
        json.WriteString("truncation"u8, "disabled");
    }

    private static void WriteRepeated(Utf8JsonWriter json, string name, JsonElement? value)
    {
        json.WritePropertyName(name);
        if (value is { } sent)
            sent.WriteTo(json);
        else if (name == "tools")
            json.WriteRawValue("[]"u8, skipInputValidation: true);
        else if (name == "metadata")
            json.WriteRawValue("{}"u8, skipInputValidation: true);
        else if (name == "tool_choice")
            json.WriteStringValue("auto"u8);
        else
            json.WriteNullValue();
    }

    private void WriteFormat(Utf8JsonWriter json)
    {
        json.WritePropertyName("format"u8);
        if (_format.Value is { } format)
            format.WriteTo(json);
        else
            json.WriteRawValue("""{"type":"text"}"""u8, skipInputValidation: true);
        if (_format.Verbosity is { } verbosity)
            json.WriteString("verbosity"u8, verbosity);
    }
}
