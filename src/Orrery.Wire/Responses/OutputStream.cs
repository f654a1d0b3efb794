using System.Buffers;
using System.Text.Json;
using Orrery.Wire.Translation;

namespace Orrery.Wire.Responses;

/// <summary>The items of a streamed response, one after the other. Chat does not say where one ends: it ends when another begins.</summary>
internal sealed class OutputStream
{
    private readonly List<OutputItem> _items = [];
    private (int Index, string? Id) _call;

    public IReadOnlyList<OutputItem> Items => _items;

    private OutputItem? Open => _items is [.., { Status: OutputItem.InProgress } last] ? last : null;

    private OutputPart? OpenPart => Open is PartsItem { Parts: [.., var last] } ? last : null;

    public bool IsOpen(string part) => OpenPart?.Type == part;

    public void Append(ResponseEvents events, IBufferWriter<byte> output, string type, string text, IReadOnlyList<JsonElement> logProbs)
    {
        bool thought = type == OutputPart.Thought;
        if (Open is not PartsItem item || item.Thought != thought)
            item = Begin(events, output, new PartsItem(thought));
        if (OpenPart?.Type != type)
        {
            EndPart(events, output);
            var opened = new OutputPart(type);
            WriteOfPart(events, output, "response.content_part.added", item.Parts.Count, json => WritePart(json, opened));
            item.Parts.Add(opened);
        }
        var part = item.Parts[^1];
        part.Append(text, logProbs);
        WriteOfPart(events, output, $"response.{type}.delta", item.Parts.Count - 1, json =>
        {
            json.WriteString("delta"u8, text);
            if (type == OutputPart.Text)
                OutputPart.WriteLogProbs(json, logProbs);
        });
    }

    public void Append(ResponseEvents events, IBufferWriter<byte> output, ChatCall call)
    {
        // Some servers give every call the same index, some repeat the id in each piece.
        if (Open is not CallItem item || _call.Index != call.Index || (call.Id is not null && call.Id != _call.Id))
        {
            item = Begin(events, output, ResponsesAnswer.CallOf(call with { Arguments = "" }));
            _call = (call.Index, call.Id);
        }
        if (call.Arguments.Length == 0)
            return;
        item.Arguments.Append(call.Arguments);
        WriteOfItem(events, output, "response.function_call_arguments.delta", json => json.WriteString("delta"u8, call.Arguments));
    }

    /// <param name="status">Of the item that is open, as it ends.</param>
    public void Close(ResponseEvents events, IBufferWriter<byte> output, string status)
    {
        if (Open is not { } item)
            return;
        EndPart(events, output);
        if (item is CallItem call)
        {
            WriteOfItem(events, output, "response.function_call_arguments.done", json =>
            {
                json.WriteString("name"u8, call.Name);
                json.WriteString("arguments"u8, call.Arguments.ToString());
            });
        }
        item.Status = status;
        WriteItem(events, output, "response.output_item.done", item);
    }

    /// <summary>No more comes, and of that nothing is said.</summary>
    public void BreakOff()
    {
        if (Open is { } item)
            item.Status = OutputItem.Incomplete;
    }

    private T Begin<T>(ResponseEvents events, IBufferWriter<byte> output, T item) where T : OutputItem
    {
        Close(events, output, OutputItem.Completed);
        _items.Add(item);
        WriteItem(events, output, "response.output_item.added", item);
        return item;
    }

    private void EndPart(ResponseEvents events, IBufferWriter<byte> output)
    {
        if (OpenPart is not { } part || Open is not PartsItem item)
            return;
        int index = item.Parts.Count - 1;
        WriteOfPart(events, output, $"response.{part.Type}.done", index, json =>
        {
            json.WriteString(part.Field, part.Content);
            if (part.Type == OutputPart.Text)
                OutputPart.WriteLogProbs(json, part.LogProbs);
        });
        WriteOfPart(events, output, "response.content_part.done", index, json => WritePart(json, part));
    }

    private static void WritePart(Utf8JsonWriter json, OutputPart part)
    {
        json.WritePropertyName("part"u8);
        part.Write(json);
    }

    private void WriteItem(ResponseEvents events, IBufferWriter<byte> output, string type, OutputItem item) => events.Write(output, type, json =>
    {
        json.WriteNumber("output_index"u8, _items.Count - 1);
        json.WritePropertyName("item"u8);
        item.Write(json);
    });

    private void WriteOfPart(ResponseEvents events, IBufferWriter<byte> output, string type, int part, Action<Utf8JsonWriter> fields)
        => WriteOfItem(events, output, type, json =>
        {
            json.WriteNumber("content_index"u8, part);
            fields(json);
        });

    private void WriteOfItem(ResponseEvents events, IBufferWriter<byte> output, string type, Action<Utf8JsonWriter> fields) => events.Write(output, type, json =>
    {
        json.WriteString("item_id"u8, _items[^1].Id);
        json.WriteNumber("output_index"u8, _items.Count - 1);
        fields(json);
    });
}
