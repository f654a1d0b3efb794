using Orrery.Engine.Constraints.Automaton;

namespace Orrery.Engine.Constraints.Json;

/// <summary>
/// Decimal numbers between two bounds, exactly, digit by digit. While the digits so far are those of a bound it is "tight" and limits the
/// next digit; once a digit is inside, all others are free. No exponents, and at most <see cref="MaxFraction"/> digits behind the point.
/// </summary>
internal sealed class NumberRange(GrammarBuilder builder, Bound? low, Bound? high, int maxFraction)
{
    public const int MaxFraction = 12;
    private const int MaxIntegerDigits = 18;

    private readonly Dictionary<(int Length, int At, bool Low, bool High), int> _drawn = [];
    private int _end;

    /// <param name="whole">Integers only.</param>
    public static int Draw(GrammarBuilder builder, int from, Bound? low, Bound? high, bool whole)
    {
        int fraction = whole ? 0 : Math.Max(MaxFraction, 1 + Math.Max(low?.Size.Fraction.Length ?? 0, high?.Size.Fraction.Length ?? 0));
        return builder.Choice(
            from,
            at => new NumberRange(builder, low is { Negative: false } ? low : Bound.Zero, high, fraction).Sizes(at, high is { Negative: true }),
            at => new NumberRange(builder, high is { Negative: true } ? high.Size : Bound.AboveZero, low?.Size, fraction)
                .Sizes(builder.Take(at, ByteSet.Of((byte)'-')), low is { Negative: false }));
    }

    /// <param name="none">There is no number on this side of zero.</param>
    private int Sizes(int from, bool none)
    {
        _end = builder.NewState();
        if (none)
            return _end;
        int least = low!.Integer.Length, most = high?.Integer.Length ?? Math.Max(MaxIntegerDigits, least);
        for (int length = least; length <= most; length++)
            builder.Skip(from, State(length, 0, length == least, high is not null && length == high.Integer.Length));
        return _end;
    }

    /// <summary>The state behind so many digits; from <paramref name="length"/> on those of the fraction.</summary>
    private int State(int length, int at, bool tightLow, bool tightHigh)
    {
        if (_drawn.TryGetValue((length, at, tightLow, tightHigh), out int state))
            return state;
        _drawn[(length, at, tightLow, tightHigh)] = state = builder.NewState();
        if (at >= length && (!tightLow || low!.AllowsEnd(at - length, isLow: true)) && (!tightHigh || high!.AllowsEnd(at - length, isLow: false)))
            builder.Skip(state, _end);
        if (at < length + maxFraction)
            Digits(at == length ? builder.Take(state, ByteSet.Of((byte)'.')) : state, length, at, tightLow, tightHigh);
        return state;
    }

    private void Digits(int from, int length, int at, bool tightLow, bool tightHigh)
    {
        int first = tightLow ? low!.Digit(at, length) : 0, last = tightHigh ? high!.Digit(at, length) : 9;
        if (at == 0 && length > 1)
            first = Math.Max(first, 1);
        for (int digit = first; digit <= last; digit++)
        {
            bool low1 = tightLow && digit == low!.Digit(at, length), high1 = tightHigh && digit == high!.Digit(at, length);
            int until = digit;
            while (!low1 && !high1 && until < last && !(tightHigh && until + 1 == high!.Digit(at, length)))
                until++;
            builder.Take(from, ByteSet.Range('0' + digit, '0' + until), State(length, at + 1, low1, high1));
            digit = until;
        }
    }
}
