using Orrery.Engine;
using Orrery.Engine.Constraints.Tools;
using Orrery.Models.Tokenizers;

namespace Orrery.Replica.Tools;

/// <summary>One choice of an answer that may hold calls: the model's pieces go in, text and parts of calls come out.</summary>
/// <param name="form">Spelled for the vocabulary.</param>
internal sealed class ToolAnswer(ToolCallForm form, Tokenizer tokenizer)
{
    private readonly ToolCallReader _reader = new(form);

    /// <summary>Known when the last piece was read.</summary>
    public bool HasWholeCalls => _reader.HasWholeCalls;

    public AnswerDelta Read(TextPiece piece)
    {
        _reader.Append(piece.Text);
        if (piece.Token is { } token && tokenizer.BytesOf(token).IsEmpty)
            _reader.Append(MarkOf(token));
        if (piece.Finish is not null)
            _reader.Finish();
        return _reader.Take();
    }

    /// <summary>Control tokens stand for no text; those that the form is made of have to be seen all the same.</summary>
    private string MarkOf(int token)
    {
        string mark = ToolCallForm.ControlMark + tokenizer.NameOf(token);
        return mark == form.Opening || mark == form.Closing || mark == form.NameEnd ? mark : "";
    }
}
