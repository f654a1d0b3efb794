using System.Buffers;
using System.Text.Json;
using Orrery.Wire.Translation;

namespace Orrery.Wire.Responses;

/// <summary>A chat answer as a response: what was thought, the message and the calls become its items.</summary>
public sealed class ResponsesAnswer : IAnswerTranslation
{
    private readonly ResponseHead _head;
    private readonly ResponseStream _stream;

    internal ResponsesAnswer(ResponseHead head)
    {
        _head = head;
        _stream = new ResponseStream(head);
    }

    /// <summary>Of the response.</summary>
    public string Id => _head.Id;

    /// <summary>The response as it ended, JSON in UTF-8. Null: it has not.</summary>
    public ReadOnlyMemory<byte>? Ended { get; private set; }

    public byte[] Whole(ReadOnlyMemory<byte> answer)
    {
        using var document = JsonDocument.Parse(answer);
        var choice = ChatParts.ChoiceOf(document.RootElement)
            ?? throw new JsonException("The answer is no chat completion: it has no choices.");
        var message = choice.ValueKind == JsonValueKind.Object && choice.TryGetProperty("message", out var m) ? m : default;
        var end = ResponseEnd.Of(ChatParts.Text(choice, "finish_reason"));
        var items = ItemsOf(message, ResponseLogProbs.Of(choice));
        foreach (var item in items)
            item.Status = OutputItem.Completed;
        if (items is [.., var last])
            last.Status = end.ItemStatus;
        byte[] response = ResponseBody.ToUtf8(_head, end, items, ChatUsage.Of(document.RootElement));
        Ended = response;
        return response;
    }

    public void Event(ReadOnlyMemory<byte> data, IBufferWriter<byte> output)
    {
        using var document = JsonDocument.Parse(data);
        _stream.Take(document.RootElement, data.Length, output);
    }

    public void End(IBufferWriter<byte> output) => Ended = _stream.End(output);

    private static List<OutputItem> ItemsOf(JsonElement message, IEnumerable<JsonElement> logProbs)
    {
        var items = new List<OutputItem>();
        if (ChatParts.Reasoning(message) is { Length: > 0 } thought)
            items.Add(new PartsItem(thought: true) { Parts = { PartOf(OutputPart.Thought, thought, []) } });
        var said = new PartsItem(thought: false);
        if (ChatParts.Text(message, "content") is { Length: > 0 } text)
            said.Parts.Add(PartOf(OutputPart.Text, text, logProbs));
        if (ChatParts.Text(message, "refusal") is { Length: > 0 } refusal)
            said.Parts.Add(PartOf(OutputPart.Refusal, refusal, []));
        if (said.Parts.Count > 0)
            items.Add(said);
        foreach (var call in ChatParts.Calls(message))
            items.Add(CallOf(call));
        return items;
    }

    private static OutputPart PartOf(string type, string content, IEnumerable<JsonElement> logProbs)
    {
        var part = new OutputPart(type);
        part.Append(content, logProbs);
        return part;
    }

    internal static CallItem CallOf(ChatCall call)
    {
        var item = new CallItem(call.Id ?? ItemId.New(ItemId.CallOfModel), call.Name ?? "");
        item.Arguments.Append(call.Arguments);
        return item;
    }
}
