using System.Text;
using System.Text.Json;
using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Responses;

/// <summary>
/// Items of responses as the messages of a chat. An assistant's text and the calls after it are items of their own there and one message here. What stands first
/// of instructions, system's and developer's messages becomes one of the system, since templates of models know no other and want it once. What a model thought
/// is left out, as models' templates do it with earlier turns.
/// </summary>
internal sealed class ChatConversation(Utf8JsonWriter json, FieldReader fields)
{
    private readonly List<(string Id, string Name, string Arguments)> _calls = [];
    private readonly StringBuilder _said = new(), _refused = new();
    private StringBuilder? _system = new();
    private bool _speaks;

    public void Instruct(string text)
    {
        if (_system is { } first)
        {
            first.Append(first.Length > 0 ? "\n\n" : "").Append(text);
            return;
        }
        EndSpeech();
        Write("system", text);
    }

    public void Ask(string text)
    {
        Begin();
        Write("user", text);
    }

    /// <param name="at">Where it stands, for refusals.</param>
    public void Add(JsonElement element, string at)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            fields.Refuse(at, $"'{at}' must be an object with a type.");
            return;
        }
        var item = fields.Inside(at, element);
        switch (item.Text("type") ?? "message")
        {
            case "message":
                AddMessage(item, at);
                break;
            case "function_call":
                EndInstructions();
                _speaks = true;
                _calls.Add((Required(item, "call_id"), Required(item, "name"), item.Text("arguments") is { Length: > 0 } arguments ? arguments : "{}"));
                break;
            case "function_call_output":
                Begin();
                WriteResult(item, at);
                break;
            case "reasoning":
                break;
            case "item_reference":
                item.Refuse("type", $"'{at}' refers to an item. Send the item itself, or go on with 'previous_response_id'.", "unsupported_value");
                break;
            case var type:
                item.Refuse("type", $"'{at}.type' is '{type}'; message, function_call, function_call_output and reasoning work here.", "unsupported_value");
                break;
        }
    }

    public void End() => Begin();

    private void AddMessage(FieldReader item, string at)
    {
        string? role = item.Text("role");
        switch (role)
        {
            case "system" or "developer":
                Instruct(ItemContent.TextOf(item, at, "input_text"));
                break;
            case "user":
                Begin();
                ItemContent.WriteUser(json, item, at);
                break;
            case "assistant":
                Begin();
                _speaks = true;
                foreach (var (part, where) in ItemContent.Parts(item, at))
                {
                    if (part.Text("type") is "refusal")
                        _refused.Append(part.Text("refusal"));
                    else
                        _said.Append(ItemContent.TextOf(part, where, ["output_text", "input_text", "text"]));
                }
                break;
            default:
                item.Refuse("role", $"'{at}.role' is '{role}'; it must be user, assistant, system or developer.");
                break;
        }
    }

    /// <summary>Before a message of another.</summary>
    private void Begin()
    {
        EndInstructions();
        EndSpeech();
    }

    private void EndInstructions()
    {
        if (_system is { Length: > 0 } text)
            Write("system", text.ToString());
        _system = null;
    }

    private void EndSpeech()
    {
        if (!_speaks)
            return;
        json.WriteStartObject();
        json.WriteString("role"u8, "assistant");
        if (_said.Length > 0 || (_calls.Count == 0 && _refused.Length == 0))
            json.WriteString("content"u8, _said.ToString());
        else
            json.WriteNull("content"u8);
        if (_refused.Length > 0)
            json.WriteString("refusal"u8, _refused.ToString());
        if (_calls.Count > 0)
        {
            json.WriteStartArray("tool_calls"u8);
            foreach (var (id, name, arguments) in _calls)
                WriteCall(id, name, arguments);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        _speaks = false;
        _calls.Clear();
        _said.Clear();
        _refused.Clear();
    }

    private void WriteCall(string id, string name, string arguments)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("type"u8, "function");
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, name);
        json.WriteString("arguments"u8, arguments);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteResult(FieldReader result, string at)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, "tool");
        json.WriteString("tool_call_id"u8, Required(result, "call_id"));
        json.WriteString("content"u8, ItemContent.TextOf(result, at, "input_text", "output"));
        json.WriteEndObject();
    }

    private void Write(string role, string text)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, role);
        json.WriteString("content"u8, text);
        json.WriteEndObject();
    }

    private static string Required(FieldReader item, string name)
    {
        if (item.Text(name) is { Length: > 0 } value)
            return value;
        item.Refuse(name, $"An item's '{name}' must be set.");
        return "";
    }
}
