using System.Text;
using Orrery.Engine;

namespace Orrery.Replica.Answers;

/// <summary>One of the texts that a request gets, put together from its pieces.</summary>
internal sealed class Choice
{
    private readonly StringBuilder _text = new();
    private readonly List<TextPiece> _likely = [];

    public string Text => _text.ToString();

    /// <summary>Pieces with log probabilities, in order.</summary>
    public IReadOnlyList<TextPiece> Likely => _likely;

    public FinishReason? Finish { get; private set; }

    public void Add(TextPiece piece)
    {
        _text.Append(piece.Text);
        if (piece.LogProb is not null)
            _likely.Add(piece);
        Finish = piece.Finish;
    }
}
