using System.Buffers;
using System.Text.Json;
using Orrery.Wire.OpenAI;
using Orrery.Wire.OpenAI.Tools;

namespace Orrery.Replica.Tools;

/// <summary>What a chat template is to write down.</summary>
/// <param name="Tools">Shown to the model; may be none.</param>
internal sealed record Conversation(IReadOnlyList<ChatMessage> Messages, IReadOnlyList<FunctionTool> Tools)
{
    public bool UsesTools => Tools.Count > 0 || Messages.Any(message => message.ToolCalls is not null || message.ToolCallId is not null);

    /// <summary>As the transformers library gives them to templates: the arguments of calls are objects, and results have the name of their function.</summary>
    /// <param name="idOf">A call's id as the template takes it.</param>
    public JsonElement MessagesJson(Func<string, string> idOf)
    {
        var names = new Dictionary<string, string>();
        return Json(json =>
        {
            json.WriteStartArray();
            foreach (var message in Messages)
            {
                json.WriteStartObject();
                json.WriteString("role"u8, message.Role);
                json.WriteString("content"u8, message.Content ?? "");
                if (message.ToolCalls is { } calls)
                    WriteCalls(json, calls, idOf, names);
                if (message.ToolCallId is { } id)
                {
                    json.WriteString("tool_call_id"u8, idOf(id));
                    json.WriteString("name"u8, names.GetValueOrDefault(id, ""));
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    /// <returns>Null: no tools.</returns>
    public JsonElement? ToolsJson() => Tools.Count == 0 ? null : Json(json =>
    {
        json.WriteStartArray();
        foreach (var tool in Tools)
            Write(json, tool);
        json.WriteEndArray();
    });

    /// <summary>One tool as one line of JSON.</summary>
    public static string Line(FunctionTool tool) => Json(json => Write(json, tool)).GetRawText();

    private static void WriteCalls(Utf8JsonWriter json, IReadOnlyList<ToolCall> calls, Func<string, string> idOf, Dictionary<string, string> names)
    {
        json.WriteStartArray("tool_calls"u8);
        foreach (var call in calls)
        {
            names[call.Id] = call.Function.Name;
            json.WriteStartObject();
            json.WriteString("id"u8, idOf(call.Id));
            json.WriteString("type"u8, call.ToolType);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, call.Function.Name);
            json.WritePropertyName("arguments"u8);
            json.WriteRawValue(call.Function.Arguments);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, FunctionTool tool)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "function");
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, tool.Name);
        json.WriteString("description"u8, tool.Description);
        json.WritePropertyName("parameters"u8);
        (tool.Parameters ?? ToolSchema.Nothing).WriteTo(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static JsonElement Json(Action<Utf8JsonWriter> write)
    {
        var utf8 = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(utf8, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            write(json);
        using var document = JsonDocument.Parse(utf8.WrittenMemory);
        return document.RootElement.Clone();
    }
}
