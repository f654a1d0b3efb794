using System.Text;
using Orrery.Engine;
using Orrery.Replica.Tools;
using Orrery.Wire.OpenAI.Tools;

namespace Orrery.Replica.Answers;

/// <summary>One of the texts that a request gets, put together from its pieces.</summary>
/// <param name="tools">Tells calls from the text; null: there can be none.</param>
internal sealed class Choice(ToolAnswer? tools = null)
{
    private readonly StringBuilder _text = new();
    private readonly List<TextPiece> _likely = [];
    private readonly List<(string Name, StringBuilder Arguments)> _calls = [];

    public string Text => _text.ToString();

    public IReadOnlyList<FunctionCall> Calls => [.. _calls.Select(call => new FunctionCall(call.Name, call.Arguments.ToString()))];

    /// <summary>There are calls, and each is whole.</summary>
    public bool HasWholeCalls => tools?.HasWholeCalls ?? false;

    /// <summary>Pieces with log probabilities, in order.</summary>
    public IReadOnlyList<TextPiece> Likely => _likely;

    public FinishReason? Finish { get; private set; }

    public void Add(TextPiece piece)
    {
        var delta = tools?.Read(piece);
        _text.Append(delta?.Text ?? piece.Text);
        foreach (var call in delta?.Calls ?? [])
        {
            if (call.Name is { } name)
                _calls.Add((name, new StringBuilder()));
            _calls[^1].Arguments.Append(call.Arguments);
        }
        if (piece.LogProb is not null)
            _likely.Add(piece);
        Finish = piece.Finish;
    }
}
