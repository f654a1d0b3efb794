using Orrery.Engine.Constraints.Automaton;

namespace Orrery.Engine.Constraints.Json;

/// <summary>
/// Parts of JSON texts as a model may write them. White space is where people and programs commonly put it and nowhere else: at most one
/// space behind a colon, and one space or one indented new line at the inner side of brackets and behind commas. So a model cannot go on with
/// white space for ever. Digits are bounded for the same reason, and so that every number fits into a double.
/// </summary>
internal sealed class JsonParts
{
    private const int MaxSpaces = 32;
    private const int MaxTabs = 16;
    private const int MaxIntegerDigits = 18;                            // all fit into 64 bits
    private const int MaxFractionDigits = 17;

    private static readonly ByteSet Digits = ByteSet.Range('0', '9');
    private static readonly ByteSet NonZero = ByteSet.Range('1', '9');

    private readonly Lazy<int> _gap, _string, _value, _object;
    private readonly Dictionary<string, int> _shared = [];

    public JsonParts(GrammarBuilder builder)
    {
        Builder = builder;
        Characters = new JsonCharacters(builder);
        _gap = new Lazy<int>(() => builder.Rule("white space", at => builder.Choice(at, Space, NewLine)));
        _string = new Lazy<int>(() => builder.Rule("string", at => Quoted(at, inner => builder.Repeat(inner, 0, null, Characters.Any))));
        _object = new Lazy<int>(() => builder.DeclareRule("object", nests: true));
        _value = new Lazy<int>(() => builder.DeclareRule("value"));
    }

    public GrammarBuilder Builder { get; }

    public JsonCharacters Characters { get; }

    /// <summary>Any value.</summary>
    public int Value(int from)
    {
        bool first = !_value.IsValueCreated;
        int rule = _value.Value;
        if (first)
        {
            int array = Builder.Rule("array", at => Array(at, 0, null, [], Value), nests: true);
            Builder.DefineRule(rule, at => Builder.Choice(at, AnyObject, s => Builder.Call(s, array), String, Number, Boolean, Null));
        }
        return Builder.Call(from, rule);
    }

    /// <summary>An object with whatever in it.</summary>
    public int AnyObject(int from)
    {
        bool first = !_object.IsValueCreated;
        int rule = _object.Value;
        if (first)
            Builder.DefineRule(rule, at => new JsonMembers(this).Draw(at, [], String, Value));
        return Builder.Call(from, rule);
    }

    public int String(int from) => Builder.Call(from, _string.Value);

    /// <summary>A part that schemas use again and again, drawn once.</summary>
    /// <param name="name">The same part has the same.</param>
    public int Shared(int from, string name, Func<int, int> part)
    {
        if (!_shared.TryGetValue(name, out int rule))
            _shared[name] = rule = Builder.Rule(name, part);
        return Builder.Call(from, rule);
    }

    public int Quoted(int from, Func<int, int> inner) => Byte(inner(Byte(from, '"')), '"');

    public int Boolean(int from) => Builder.Choice(from, at => Builder.Literal(at, "true"u8), at => Builder.Literal(at, "false"u8));

    public int Null(int from) => Builder.Literal(from, "null"u8);

    public int Integer(int from)
        => Builder.Choice(from, at => Byte(at, '0'), at => FromOne(Builder.Optional(at, sign => Byte(sign, '-'))));

    public int Number(int from)
    {
        int size = Builder.Choice(Builder.Optional(from, at => Byte(at, '-')), at => Byte(at, '0'), FromOne);
        return Builder.Optional(Builder.Optional(size, Fraction), Exponent);
    }

    /// <param name="first">Values at the front, each in its place.</param>
    /// <param name="rest">Those behind; null: none.</param>
    public int Array(int from, int least, int? most, IReadOnlyList<Func<int, int>> first, Func<int, int>? rest)
    {
        int end = Builder.NewState();
        int at = OptionalGap(Byte(from, '['));
        int fixedItems = rest is null ? first.Count : Math.Max(1, first.Count);
        for (int i = 0; i < fixedItems && (most is null || i < most); i++)
        {
            if (i >= least)
                Builder.Skip(at, end);
            at = (i < first.Count ? first[i] : rest!)(i == 0 ? at : Comma(at));
        }
        if (rest is not null && (most is null || fixedItems <= most))
            at = Builder.Repeat(at, Math.Max(0, least - fixedItems), most - fixedItems, item => rest(Comma(item)));
        if (rest is not null || first.Count >= least)
            Builder.Skip(at, end);
        return Byte(OptionalGap(end), ']');
    }

    public int Comma(int from) => OptionalGap(Byte(from, ','));

    public int Colon(int from) => Builder.Optional(Byte(from, ':'), Space);

    public int OptionalGap(int from) => Builder.Optional(from, at => Builder.Call(at, _gap.Value));

    public int Byte(int from, char value) => Builder.Take(from, ByteSet.Of((byte)value));

    private int Space(int from) => Byte(from, ' ');

    private int NewLine(int from)
        => Builder.Choice(Byte(from, '\n'), at => UpTo(at, ByteSet.Of((byte)' '), MaxSpaces), at => UpTo(Byte(at, '\t'), ByteSet.Of((byte)'\t'), MaxTabs - 1));

    private int FromOne(int from) => UpTo(Builder.Take(from, NonZero), Digits, MaxIntegerDigits - 1);

    private int Fraction(int from) => UpTo(Builder.Take(Byte(from, '.'), Digits), Digits, MaxFractionDigits - 1);

    private int Exponent(int from)
    {
        int sign = Builder.Take(from, ByteSet.Of("eE"));
        return UpTo(Builder.Take(Builder.Optional(sign, at => Builder.Take(at, ByteSet.Of("+-"))), Digits), Digits, 1);
    }

    /// <summary>From none to so many bytes of a set.</summary>
    private int UpTo(int from, ByteSet set, int most)
    {
        int end = Builder.NewState();
        for (int i = 0; i < most; i++)
        {
            Builder.Skip(from, end);
            from = Builder.Take(from, set);
        }
        Builder.Skip(from, end);
        return end;
    }
}
