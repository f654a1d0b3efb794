using System.Text;
using Orrery.Engine.Constraints.Automaton;
using Orrery.Engine.Constraints.Json;

namespace Orrery.Engine.Constraints.Tools;

/// <summary>Draws calls in one form, and text that calls may follow.</summary>
/// <param name="tokens">Where what opens or closes a call is a control token, that token is written.</param>
/// <param name="maxCalls">In one answer, where the form can write several.</param>
internal sealed class ToolDrawing(JsonParts parts, ToolCallForm form, TokenTrie tokens, int maxCalls)
{
    private readonly GrammarBuilder _builder = parts.Builder;
    private readonly byte[] _before = Spelling(form.Before, tokens);
    private readonly byte[] _after = Spelling(form.After, tokens);

    public int Calls(int from, IReadOnlyList<(string Name, int Arguments)> tools) => AfterOpening(_builder.Literal(from, _before), tools);

    /// <summary>Any text; as soon as it has opened a call, one or more calls, and then the end.</summary>
    public int TextOrCalls(int from, IReadOnlyList<(string Name, int Arguments)> tools)
    {
        int end = _builder.NewState();
        if (_before.Length == 0)
        {
            // The call's own brace opens it, so text begins with something else.
            _builder.Skip(Calls(from, tools), end);
            _builder.Skip(from, end);
            int first = parts.Characters.Raw(from, CodePoints.All.Except(CodePoints.Of("{")));
            _builder.Skip(_builder.Repeat(first, 0, null, at => parts.Characters.Raw(at, CodePoints.All)), end);
            return end;
        }
        if (_before.Contains(TokenTrie.ControlMark))
        {
            int text = _builder.Repeat(from, 0, null, at => parts.Characters.Raw(at, CodePoints.All));
            _builder.Skip(text, end);
            _builder.Skip(Calls(text, tools), end);
            return end;
        }
        _builder.Skip(AfterOpening(TextUntilOpening(from, end), tools), end);
        return end;
    }

    /// <summary>
    /// Text up to where it first holds the opening: one state for each number of the opening's bytes that the text's end may be the start of
    /// (Knuth, Morris and Pratt). The text may end in each of them.
    /// </summary>
    private int TextUntilOpening(int from, int end)
    {
        int[] states = new int[_before.Length + 1];
        states[0] = _builder.NewState();
        _builder.Skip(from, states[0]);
        for (int i = 1; i < states.Length; i++)
            states[i] = _builder.NewState();
        for (int known = 0; known < _before.Length; known++)
        {
            _builder.Skip(states[known], end);
            foreach (var group in Enumerable.Range(0, 0x80).GroupBy(b => LongestStart([.. _before[..known], (byte)b])))
                _builder.Take(states[known], group.Aggregate(default(ByteSet), (set, b) => set | ByteSet.Of((byte)b)), states[group.Key]);
            _builder.Skip(parts.Characters.Raw(states[known], CodePoints.Of((0x80, CodePoints.Last))), states[0]);
        }
        return states[^1];
    }

    private int LongestStart(ReadOnlySpan<byte> text)
    {
        for (int length = Math.Min(text.Length, _before.Length); length > 0; length--)
        {
            if (text[^length..].SequenceEqual(_before.AsSpan(0, length)))
                return length;
        }
        return 0;
    }

    private int AfterOpening(int from, IReadOnlyList<(string Name, int Arguments)> tools)
    {
        if (form.IsList)
        {
            int list = _builder.Optional(from, at => parts.Byte(at, ' '));
            return _builder.Literal(parts.Array(list, 1, maxCalls, [], at => Call(at, tools)), _after);
        }
        int first = _builder.Literal(Call(from, tools), _after);
        return form.Between is null || maxCalls == 1 ? first : _builder.Repeat(first, 0, maxCalls - 1, at =>
            _builder.Literal(Call(_builder.Literal(_builder.Literal(at, Encoding.UTF8.GetBytes(form.Between)), _before), tools), _after));
    }

    private int Call(int from, IReadOnlyList<(string Name, int Arguments)> tools)
    {
        int name = parts.Colon(_builder.Literal(from, "{\"name\""u8));
        int end = _builder.Choice(name, tools.Select<(string Name, int Arguments), Func<int, int>>(tool => at =>
        {
            int arguments = _builder.Literal(_builder.Literal(at, JsonText.OfString(tool.Name)), ","u8);
            arguments = _builder.Literal(_builder.Optional(arguments, s => parts.Byte(s, ' ')), JsonText.OfString(form.Arguments));
            return _builder.Call(parts.Colon(arguments), tool.Arguments);
        }));
        return parts.Byte(end, '}');
    }

    private static byte[] Spelling(string text, TokenTrie tokens)
    {
        string name = text.Trim();
        if (name.Length == 0 || !tokens.HasControl(name))
            return Encoding.UTF8.GetBytes(text);
        int at = text.IndexOf(name, StringComparison.Ordinal);
        return [.. Encoding.UTF8.GetBytes(text[..at]), .. TokenTrie.Control(name), .. Encoding.UTF8.GetBytes(text[(at + name.Length)..])];
    }
}
