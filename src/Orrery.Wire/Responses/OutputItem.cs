using System.Text;
using System.Text.Json;

namespace Orrery.Wire.Responses;

/// <summary>One item of what a model made. Grows while it comes.</summary>
internal abstract class OutputItem(string kind)
{
    public const string InProgress = "in_progress", Completed = "completed", Incomplete = "incomplete";

    public string Id { get; } = ItemId.New(kind);

    public string Status { get; set; } = InProgress;

    public abstract void Write(Utf8JsonWriter json);

    protected void WriteHead(Utf8JsonWriter json, string type)
    {
        json.WriteString("id"u8, Id);
        json.WriteString("type"u8, type);
        json.WriteString("status"u8, Status);
    }
}

/// <summary>A message, or what was thought before one: parts, of which the last grows.</summary>
internal sealed class PartsItem(bool thought) : OutputItem(thought ? ItemId.Reasoning : ItemId.Message)
{
    public bool Thought => thought;

    public List<OutputPart> Parts { get; } = [];

    public override void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteHead(json, thought ? "reasoning" : "message");
        if (thought)
        {
            // A summary would need a model of its own; the text itself is given.
            json.WriteStartArray("summary"u8);
            json.WriteEndArray();
        }
        else
        {
            json.WriteString("role"u8, "assistant");
        }
        json.WriteStartArray("content"u8);
        foreach (var part in Parts)
            part.Write(json);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>A call of a function.</summary>
/// <param name="callId">By which its result is sent.</param>
internal sealed class CallItem(string callId, string name) : OutputItem(ItemId.Call)
{
    public string Name => name;

    /// <summary>JSON as text.</summary>
    public StringBuilder Arguments { get; } = new();

    public override void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteHead(json, "function_call");
        json.WriteString("call_id"u8, callId);
        json.WriteString("name"u8, name);
        json.WriteString("arguments"u8, Arguments.ToString());
        json.WriteEndObject();
    }
}

/// <param name="type">One of the constants.</param>
internal sealed class OutputPart(string type)
{
    public const string Text = "output_text", Refusal = "refusal", Thought = "reasoning_text";

    private readonly StringBuilder _content = new();

    public string Type => type;

    /// <summary>The field that its content stands in.</summary>
    public string Field => type == Refusal ? "refusal" : "text";

    public string Content => _content.ToString();

    /// <summary>Of each token of a text, as chat has them. Empty where they were not asked for.</summary>
    public List<JsonElement> LogProbs { get; } = [];

    public void Append(string content, IEnumerable<JsonElement> logProbs)
    {
        _content.Append(content);
        LogProbs.AddRange(logProbs.Select(entry => entry.Clone()));
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteString(Field, Content);
        if (type == Text)
        {
            json.WriteStartArray("annotations"u8);
            json.WriteEndArray();
            WriteLogProbs(json, LogProbs);
        }
        json.WriteEndObject();
    }

    public static void WriteLogProbs(Utf8JsonWriter json, IEnumerable<JsonElement> logProbs)
    {
        json.WriteStartArray("logprobs"u8);
        foreach (var entry in logProbs)
            entry.WriteTo(json);
        json.WriteEndArray();
    }
}
