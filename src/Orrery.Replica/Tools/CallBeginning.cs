using System.Text;
using System.Text.Json;
using Orrery.Engine.Constraints.Tools;

namespace Orrery.Replica.Tools;

/// <summary>
/// A call from its opening to its arguments, while it may turn out to be none.
/// <code>
///   Opened ─{─▶ Head ─"name": "x", "arguments":─▶ Brace ─{─▶ begun
///   Name ─x and its end──────────────────────────────┘
/// </code>
/// </summary>
internal sealed class CallBeginning(ToolCallForm form)
{
    private const int MaxChars = 1024;

    private readonly StringBuilder _raw = new();
    private readonly StringBuilder _head = new();                       // becomes the name
    private JsonNesting _nesting;
    private Place _place;
    private int _colons;

    private enum Place
    {
        Opened,
        Name,
        Head,
        Brace,
    }

    public enum Outcome
    {
        /// <summary>Not known yet.</summary>
        Open,

        /// <summary>The character was the arguments' first.</summary>
        Begun,

        /// <summary>The character belongs to no call, and so <see cref="Raw"/> is text.</summary>
        NoCall,
    }

    /// <summary>What was read so far, the last character not included once it is <see cref="Outcome.NoCall"/>.</summary>
    public string Raw => _raw.ToString();

    /// <summary>Of the function, once the call is <see cref="Outcome.Begun"/>.</summary>
    public string Name => _head.ToString();

    /// <param name="read">What stood before: the opening, and white space in front of it.</param>
    public void Start(string read)
    {
        _raw.Clear().Append(read);
        _head.Clear();
        _place = form.NameEnd is null ? Place.Opened : Place.Name;
    }

    public Outcome Read(char c)
    {
        if (_place == Place.Brace && c == '{')
            return Outcome.Begun;
        if (_raw.Length >= MaxChars || !Takes(c))
            return Outcome.NoCall;
        _raw.Append(c);
        return Outcome.Open;
    }

    private bool Takes(char c)
    {
        switch (_place)
        {
            case Place.Opened when c == '{':
                _head.Append(c);
                _nesting = default;
                _nesting.Read(c);
                _colons = 0;
                _place = Place.Head;
                return true;
            case Place.Opened:
                return char.IsWhiteSpace(c) || (form.IsList && c == '[');
            case Place.Name:
                _head.Append(c);
                return !EndsIn(form.NameEnd!) || TakeName(_head.ToString(0, _head.Length - form.NameEnd!.Length));
            case Place.Head:
                _head.Append(c);
                _nesting.Read(c);
                _colons += c == ':' && !_nesting.InString ? 1 : 0;
                return _colons < 2 || (NameIn($"{_head}0}}") is { } name && TakeName(name));
            default:
                return char.IsWhiteSpace(c);
        }
    }

    private bool TakeName(string name)
    {
        _head.Clear().Append(name);
        _place = Place.Brace;
        return name.Length > 0;
    }

    /// <returns>Null: the members are not those of a call in their order.</returns>
    private string? NameIn(string head)
    {
        try
        {
            using var json = JsonDocument.Parse(head);
            return json.RootElement.EnumerateObject().ToList() is [{ Name: "name", Value.ValueKind: JsonValueKind.String } name, var arguments] && arguments.Name == form.Arguments
                ? name.Value.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private bool EndsIn(string end)
    {
        for (int i = 0; i < end.Length; i++)
        {
            if (_head.Length < end.Length || _head[_head.Length - end.Length + i] != end[i])
                return false;
        }
        return true;
    }
}
