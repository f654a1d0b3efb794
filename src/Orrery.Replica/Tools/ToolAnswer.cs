using Orrery.Engine;
using Orrery.Engine.Constraints;
using Orrery.Engine.Constraints.Tools;
using Orrery.Models.Tokenizers;

namespace Orrery.Replica.Tools;

/// <summary>One choice of an answer that may hold calls: the model's pieces go in, text and parts of calls come out.</summary>
internal sealed class ToolAnswer
{
    private readonly ToolCallForm _form;
    private readonly Tokenizer _tokenizer;
    private readonly ToolCallReader _reader;

    public ToolAnswer(ToolUse tools, Tokenizer tokenizer)
    {
        _form = tools.Form.SpelledFor(TokenTrie.Of(tokenizer));
        _tokenizer = tokenizer;
        _reader = new ToolCallReader(_form, either: tools.Format is not null);
    }

    /// <summary>Known when the last piece was read.</summary>
    public bool HasWholeCalls => _reader.HasWholeCalls;

    public AnswerDelta Read(TextPiece piece)
    {
        _reader.Append(piece.Text);
        if (piece.Token is { } token && _tokenizer.BytesOf(token).IsEmpty)
            _reader.Append(MarkOf(token));
        if (piece.Finish is not null)
            _reader.Finish();
        return _reader.Take();
    }

    /// <summary>Control tokens stand for no text; those that the form is made of have to be seen all the same.</summary>
    private string MarkOf(int token)
    {
        string mark = ToolCallForm.ControlMark + _tokenizer.NameOf(token);
        return mark == _form.Opening || mark == _form.Closing || mark == _form.NameEnd ? mark : "";
    }
}
