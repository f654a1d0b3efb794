using System.Text;
using System.Text.Json;
using Orrery.Engine.Constraints.Tools;

namespace Orrery.Replica.Tools;

/// <summary>
/// Tells an answer's text from its calls, character by character, so that it does not matter how the text is cut into pieces.
/// <code>
///   Text ─opening─▶ Opened ─{─▶ Head ─"name": "x", "arguments":─▶ Brace ─{─▶ Arguments ─}─▶ Behind ─}─▶ Closing ─closing─▶ Text
///                      └─────── Name ─x and its end────────────────▶┘                          └──▶ List ─{─▶ Head
/// </code>
/// What begins like a call and is none stays text. White space before a call and behind the last one is nobody's.
/// </summary>
/// <param name="form">Spelled for the vocabulary; see <see cref="ToolCallForm.SpelledFor"/>.</param>
/// <param name="either">The answer is text or calls, never text and then calls: what its text holds is no opening.</param>
internal sealed class ToolCallReader(ToolCallForm form, bool either = false)
{
    private const int MaxHeadChars = 1024;

    private readonly StringBuilder _text = new();                       // read, not taken yet
    private readonly List<(int Index, string? Name, StringBuilder Arguments)> _calls = [];
    private readonly StringBuilder _space = new();                      // white space that a call may follow
    private readonly StringBuilder _mark = new();                       // of the opening or closing, as far as it came
    private readonly StringBuilder _raw = new();                        // a call's beginning, as long as it may be none
    private readonly StringBuilder _head = new();
    private Place _place = form.Opening.Length == 0 ? Place.Start : Place.Text;
    private JsonNesting _nesting;
    private int _colons, _begun;
    private bool _behindCall, _cut;

    private enum Place
    {
        Start,
        Text,
        Free,
        Opened,
        Name,
        Head,
        Brace,
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
        _cut = _place is Place.Opened or Place.Name or Place.Head or Place.Brace or Place.Arguments;
        if (_place == Place.Text && (_mark.Length > 0 || !_behindCall))
            _text.Append(_space).Append(_mark);
        else if (_place is Place.Opened or Place.Name or Place.Head or Place.Brace)
            _text.Append(_raw);
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
                _raw.Append(c);
                BeginHead();
                break;
            case Place.Start or Place.Free:
                _place = Place.Free;
                _text.Append(c);
                break;
            case Place.Text:
                ReadText(c);
                break;
            case Place.Behind or Place.List or Place.Closing:
                ReadEnd(c);
                break;
            case Place.Arguments:
                if (_calls.Count == 0)
                    _calls.Add((_begun - 1, null, new StringBuilder()));
                _calls[^1].Arguments.Append(c);
                _nesting.Read(c);
                if (_nesting.Depth == 0)
                    _place = form.NameEnd is null ? Place.Behind : AfterCall();
                break;
            default:
                ReadBeginning(c);
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
            _raw.Clear().Append(_space).Append(_mark);
            _space.Clear();
            _mark.Clear();
            _head.Clear();
            _place = form.NameEnd is null ? Place.Opened : Place.Name;
        }
        else if (_mark.Length > 0)
        {
            // Not the opening; but it may begin within what looked like it.
            string rest = _mark.ToString(1, _mark.Length - 1) + c;
            char first = _mark[0];
            _mark.Clear();
            Say(first);
            foreach (char again in rest)
                Read(again);
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

    /// <summary>From the opening to the arguments.</summary>
    private void ReadBeginning(char c)
    {
        bool fits = _raw.Length < MaxHeadChars;
        switch (_place)
        {
            case Place.Opened when c == '{':
                _raw.Append(c);
                BeginHead();
                return;
            case Place.Opened:
                fits &= char.IsWhiteSpace(c) || (form.IsList && c == '[');
                break;
            case Place.Name:
                _head.Append(c);
                if (EndsWith(_head, form.NameEnd!))
                {
                    _head.Length -= form.NameEnd!.Length;
                    _place = Place.Brace;
                    fits &= _head.Length > 0;
                }
                break;
            case Place.Head:
                _head.Append(c);
                _nesting.Read(c);
                _colons += c == ':' && !_nesting.InString ? 1 : 0;
                if (_colons == 2)
                    fits &= ReadHead();
                break;
            case Place.Brace when c == '{':
                _calls.Add((_begun++, _head.ToString(), new StringBuilder("{")));
                _nesting = default;
                _nesting.Read(c);
                _place = Place.Arguments;
                return;
            case Place.Brace:
                fits &= char.IsWhiteSpace(c);
                break;
        }
        if (fits)
            _raw.Append(c);
        else
            NoCall(c);
    }

    private void BeginHead()
    {
        _head.Clear().Append('{');
        _nesting = default;
        _nesting.Read('{');
        _colons = 0;
        _place = Place.Head;
    }

    /// <summary>Whether the members of a call have come in their order. What is left in the head is the name.</summary>
    private bool ReadHead()
    {
        try
        {
            using var json = JsonDocument.Parse($"{_head}0}}");
            var members = json.RootElement.EnumerateObject().ToList();
            if (members is not [{ Name: "name", Value.ValueKind: JsonValueKind.String } name, var arguments] || arguments.Name != form.Arguments)
                return false;
            _head.Clear().Append(name.Value.GetString());
            _place = Place.Brace;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void NoCall(char c)
    {
        _text.Append(_raw);
        _raw.Clear();
        _behindCall = false;
        _place = form.Opening.Length == 0 ? Place.Free : Place.Text;
        Read(c);
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
            _raw.Clear().Append(c);
            BeginHead();
        }
        else if (_place == Place.List && c == ']')
        {
            _place = form.Closing.Length == 0 ? Ended() : Place.Closing;
        }
        else if (!char.IsWhiteSpace(c) && !(_place == Place.List && c == ','))
        {
            string rest = _mark.ToString() + c;
            _place = Ended();
            foreach (char again in rest)
                Read(again);
        }
    }

    private Place AfterCall() => form.IsList ? Place.List : form.Closing.Length > 0 ? Place.Closing : Ended();

    private Place Ended()
    {
        _mark.Clear();
        _behindCall = true;
        return form.Opening.Length == 0 ? Place.Free : Place.Text;
    }

    private static bool EndsWith(StringBuilder text, string end)
    {
        for (int i = 0; i < end.Length; i++)
        {
            if (text.Length < end.Length || text[text.Length - end.Length + i] != end[i])
                return false;
        }
        return true;
    }
}
