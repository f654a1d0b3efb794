using System.Text;
using Orrery.Engine.Constraints.Automaton;
using Orrery.Engine.Constraints.Json;

namespace Orrery.Engine.Constraints.Tools;

/// <summary>Draws calls in one form, and text that calls may follow.</summary>
/// <param name="form">Spelled for the vocabulary: where a part of it is a control token, that token is written.</param>
/// <param name="marks">Control tokens that may stand anywhere in text.</param>
/// <param name="maxCalls">In one answer, where the form can write several.</param>
internal sealed class ToolDrawing(JsonParts parts, ToolCallForm form, IReadOnlyList<byte[]> marks, int maxCalls)
{
    private readonly GrammarBuilder _builder = parts.Builder;
    private readonly byte[] _opening = Bytes(form.Opening);
    private readonly byte[] _closing = Bytes(form.Closing);

    public int Calls(int from, IReadOnlyList<(string Name, int Arguments)> tools) => AfterOpening(_builder.Literal(from, _opening), tools);

    /// <summary>Any text; as soon as it has opened a call, one or more calls, and then the end.</summary>
    public int TextOrCalls(int from, IReadOnlyList<(string Name, int Arguments)> tools)
    {
        int end = _builder.NewState();
        if (_opening.Length == 0)
        {
            // The call's own brace opens it, so text begins with something else.
            _builder.Skip(Calls(from, tools), end);
            _builder.Skip(from, end);
            int first = Character(from, CodePoints.All.Except(CodePoints.Of("{")));
            _builder.Skip(_builder.Repeat(first, 0, null, at => Character(at, CodePoints.All)), end);
            return end;
        }
        if (_opening.Contains(TokenTrie.ControlMark))
        {
            int text = _builder.Repeat(from, 0, null, at => Character(at, CodePoints.All));
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
        int[] states = new int[_opening.Length + 1];
        states[0] = _builder.NewState();
        _builder.Skip(from, states[0]);
        for (int i = 1; i < states.Length; i++)
            states[i] = _builder.NewState();
        for (int known = 0; known < _opening.Length; known++)
        {
            _builder.Skip(states[known], end);
            foreach (var group in Enumerable.Range(0, 0x80).GroupBy(b => LongestStart([.. _opening[..known], (byte)b])))
                _builder.Take(states[known], group.Aggregate(default(ByteSet), (set, b) => set | ByteSet.Of((byte)b)), states[group.Key]);
            _builder.Skip(Character(states[known], CodePoints.Of((0x80, CodePoints.Last))), states[0]);
        }
        return states[^1];
    }

    private int Character(int from, CodePoints set)
    {
        int end = parts.Characters.Raw(from, set);
        foreach (byte[] mark in marks)
            _builder.Skip(_builder.Literal(from, mark), end);
        return end;
    }

    private int LongestStart(ReadOnlySpan<byte> text)
    {
        for (int length = Math.Min(text.Length, _opening.Length); length > 0; length--)
        {
            if (text[^length..].SequenceEqual(_opening.AsSpan(0, length)))
                return length;
        }
        return 0;
    }

    private int AfterOpening(int from, IReadOnlyList<(string Name, int Arguments)> tools)
    {
        if (form.IsList)
            return _builder.Literal(parts.Array(parts.OptionalGap(from), 1, maxCalls, [], at => Call(at, tools)), _closing);
        int first = Closed(from, tools);
        if (!form.Repeats || maxCalls == 1)
            return first;
        int last = _builder.Repeat(first, 0, maxCalls - 1, at => Closed(_builder.Literal(parts.OptionalGap(at), _opening), tools));

        // A model that has begun white space for a further call may end instead.
        return parts.OptionalGap(last);
    }

    private int Closed(int from, IReadOnlyList<(string Name, int Arguments)> tools)
    {
        // White space before a call that nothing else opens would be text.
        int end = form.NameEnd is not null ? NamedCall(from, tools, Bytes(form.NameEnd))
            : Call(_opening.Length == 0 ? from : parts.OptionalGap(from), tools);
        return _closing.Length == 0 ? end : _builder.Literal(parts.OptionalGap(end), _closing);
    }

    private int Call(int from, IReadOnlyList<(string Name, int Arguments)> tools)
    {
        int name = parts.Colon(_builder.Literal(from, "{\"name\""u8));
        int end = _builder.Choice(name, tools.Select<(string Name, int Arguments), Func<int, int>>(tool => at =>
        {
            int arguments = parts.Comma(_builder.Literal(at, JsonText.OfString(tool.Name)));
            return _builder.Call(parts.Colon(_builder.Literal(arguments, JsonText.OfString(form.Arguments))), tool.Arguments);
        }));
        return parts.Byte(parts.OptionalGap(end), '}');
    }

    private int NamedCall(int from, IReadOnlyList<(string Name, int Arguments)> tools, byte[] nameEnd)
        => _builder.Choice(from, tools.Select<(string Name, int Arguments), Func<int, int>>(tool => at =>
            _builder.Call(parts.OptionalGap(_builder.Literal(at, [.. Encoding.UTF8.GetBytes(tool.Name), .. nameEnd])), tool.Arguments)));

    private static byte[] Bytes(string part)
        => part.StartsWith(ToolCallForm.ControlMark) ? TokenTrie.Control(part[1..]) : Encoding.UTF8.GetBytes(part);
}
