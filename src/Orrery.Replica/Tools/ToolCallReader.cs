using System.Text;
using Orrery.Engine.Constraints.Tools;

namespace Orrery.Replica.Tools;

/// <summary>
/// Tells an answer's text from its calls, character by character, so that it does not matter how the text is cut into pieces.
/// <code>
///   Text ─opening─▶ Beginning ─{─▶ Arguments ─}─▶ Behind ─}─▶ Closing ─closing─▶ Text
///                       ▲                                └──▶ List ─]─▶
///                       └───────────────────────────────────── {
/// </code>
/// What begins like a call and is none stays text. White space before a call and behind the last one is nobody's.
/// </summary>
/// <param name="form">Spelled for the vocabulary; see <see cref="ToolCallForm.SpelledFor"/>.</param>
/// <param name="either">The answer is text or calls, never text and then calls: what its text holds is no opening.</param>
internal sealed class ToolCallReader(ToolCallForm form, bool either = false)
{
    private readonly StringBuilder _text = new();                       // read, not taken yet
    private readonly List<(int Index, string? Name, StringBuilder Arguments)> _calls = [];
    private readonly StringBuilder _space = new();                      // white space that a call may follow
    private readonly StringBuilder _mark = new();                       // of the opening or closing, as far as it came
    private readonly CallBeginning _beginning = new(form);
    private Place _place = form.Opening.Length == 0 ? Place.Start : Place.Text;
    private JsonNesting _nesting;
    private int _begun;
    private bool _behindCall, _cut;

    private enum Place
    {
        /// <summary>Nothing was read, and only the first character may open a call.</summary>
        Start,
        Text,

        /// <summary>Text that no call follows.</summary>
        Free,
        Beginning,
        Arguments,
        Behind,
        List,
        Closing,
    }

    /// <summary>There are calls, and each is whole. Known when the text has ended.</summary>
    public bool HasWholeCalls => _begun > 0 && !_cut;

    public void Append(string text)
    {
        foreach (char c in text)
            Read(c);
    }

    /// <summary>The text has ended: what was held back is text after all.</summary>
    public void Finish()
    {
        _cut = _place is Place.Beginning or Place.Arguments;
        if (_place == Place.Beginning)
            _text.Append(_beginning.Raw);
        else if (_place == Place.Text && (_mark.Length > 0 || !_behindCall))
            _text.Append(_space).Append(_mark);
    }

    /// <returns>What became certain since the last time.</returns>
    public AnswerDelta Take()
    {
        var delta = new AnswerDelta(_text.ToString(), [.. _calls.Select(call => new CallDelta(call.Index, call.Name, call.Arguments.ToString()))]);
        _text.Clear();
        _calls.Clear();
        return delta;
    }

    private void Read(char c)
    {
        switch (_place)
        {
            case Place.Start when c == '{':
                Begin("", c);
                break;
            case Place.Start or Place.Free:
                _place = Place.Free;
                _text.Append(c);
                break;
            case Place.Text:
                ReadText(c);
                break;
            case Place.Beginning:
                ReadBeginning(c);
                break;
            case Place.Arguments:
                ReadArguments(c);
                break;
            default:
                ReadEnd(c);
                break;
        }
    }

    private void ReadText(char c)
    {
        if (form.Opening[_mark.Length] == c)
        {
            _mark.Append(c);
            if (_mark.Length < form.Opening.Length)
                return;
            Begin($"{_space}{_mark}");
            _space.Clear();
            _mark.Clear();
        }
        else if (_mark.Length > 0)
        {
            // Not the opening; but it may begin within what looked like it.
            string rest = _mark.ToString(1, _mark.Length - 1) + c;
            char first = _mark[0];
            _mark.Clear();
            Say(first);
            Append(rest);
        }
        else if (char.IsWhiteSpace(c))
        {
            _space.Append(c);
        }
        else
        {
            Say(c);
        }
    }

    private void Say(char c)
    {
        _text.Append(_space).Append(c);
        _space.Clear();
        _behindCall = false;
        if (either)
            _place = Place.Free;
    }

    /// <param name="c">Where the call has no opening of its own, its first character.</param>
    private void Begin(string read, char? c = null)
    {
        _place = Place.Beginning;
        _beginning.Start(read);
        if (c is { } first)
            _beginning.Read(first);
    }

    private void ReadBeginning(char c)
    {
        switch (_beginning.Read(c))
        {
            case CallBeginning.Outcome.Begun:
                _calls.Add((_begun++, _beginning.Name, new StringBuilder()));
                _nesting = default;
                _place = Place.Arguments;
                ReadArguments(c);
                break;
            case CallBeginning.Outcome.NoCall:
                _text.Append(_beginning.Raw);
                _behindCall = false;
                _place = form.Opening.Length == 0 || either ? Place.Free : Place.Text;
                Read(c);
                break;
        }
    }

    private void ReadArguments(char c)
    {
        if (_calls.Count == 0)
            _calls.Add((_begun - 1, null, new StringBuilder()));
        _calls[^1].Arguments.Append(c);
        _nesting.Read(c);
        if (_nesting.Depth == 0)
            _place = form.NameEnd is null ? Place.Behind : AfterCall();
    }

    /// <summary>From the arguments to the end of the call.</summary>
    private void ReadEnd(char c)
    {
        if (_place == Place.Closing && form.Closing[_mark.Length] == c)
        {
            _mark.Append(c);
            if (_mark.Length == form.Closing.Length)
                _place = Ended();
        }
        else if (_place == Place.Behind && c == '}')
        {
            _place = AfterCall();
        }
        else if (_place == Place.List && c == '{')
        {
            Begin("", c);
        }
        else if (_place == Place.List && c == ']')
        {
            _place = form.Closing.Length == 0 ? Ended() : Place.Closing;
        }
        else if (!char.IsWhiteSpace(c) && !(_place == Place.List && c == ','))
        {
            string rest = _mark.ToString() + c;
            _place = Ended();
            Append(rest);
        }
    }

    private Place AfterCall() => form.IsList ? Place.List : form.Closing.Length > 0 ? Place.Closing : Ended();

    private Place Ended()
    {
        _mark.Clear();
        _behindCall = true;
        return form.Opening.Length == 0 ? Place.Free : Place.Text;
    }
}
