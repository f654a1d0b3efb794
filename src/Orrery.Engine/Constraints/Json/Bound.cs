using System.Text.Json;

namespace Orrery.Engine.Constraints.Json;

/// <summary>A decimal number that others are compared with, exact.</summary>
/// <param name="Integer">Digits before the point, without leading zeros; "0" at least.</param>
/// <param name="Fraction">Digits behind it, without trailing zeros.</param>
/// <param name="Exclusive">The number itself is outside.</param>
internal sealed record Bound(bool Negative, string Integer, string Fraction, bool Exclusive) : IComparable<Bound>
{
    public const int MaxDigits = 30;

    public static Bound Zero { get; } = new(false, "0", "", false);

    public static Bound AboveZero { get; } = Zero with { Exclusive = true };

    /// <summary>Without its sign.</summary>
    public Bound Size => this with { Negative = false };

    /// <returns>Null: it has more than <see cref="MaxDigits"/> digits before or behind the point.</returns>
    public static Bound? Of(JsonElement number, bool exclusive)
    {
        string text = number.GetRawText().TrimStart('-').ToUpperInvariant();
        int e = text.IndexOf('E', StringComparison.Ordinal);
        int exponent = 0;
        if (e >= 0 && (!int.TryParse(text[(e + 1)..], out exponent) || Math.Abs(exponent) > 2 * MaxDigits))
            return null;
        string mantissa = e < 0 ? text : text[..e];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        int at = (point < 0 ? mantissa.Length : point) + exponent;
        if (digits.Length > 4 * MaxDigits)
            return null;
        if (at < 0)
            (digits, at) = (new string('0', -at) + digits, 0);
        if (at > digits.Length)
            digits = digits.PadRight(at, '0');
        string integer = digits[..at].TrimStart('0'), fraction = digits[at..].TrimEnd('0');
        if (integer.Length > MaxDigits || fraction.Length > MaxDigits)
            return null;
        bool zero = integer.Length == 0 && fraction.Length == 0;
        return new Bound(!zero && number.GetRawText()[0] == '-', integer.Length == 0 ? "0" : integer, fraction, exclusive);
    }

    public int Digit(int at, int length)
        => at < length ? Integer[at] - '0'
            : at - length < Fraction.Length ? Fraction[at - length] - '0'
            : 0;

    /// <summary>Whether a number may end that has been equal to this so far, with so many digits behind the point.</summary>
    public bool AllowsEnd(int fractionDigits, bool isLow)
    {
        bool equal = fractionDigits >= Fraction.Length;
        return equal ? !Exclusive : !isLow;                             // shorter than this is less than this
    }

    /// <summary>By value alone.</summary>
    public int CompareTo(Bound? other)
    {
        if (other is null || Negative != other.Negative)
            return other is null || !Negative ? 1 : -1;
        int width = Math.Max(Integer.Length, other.Integer.Length);
        int order = string.CompareOrdinal(Integer.PadLeft(width, '0'), other.Integer.PadLeft(width, '0'));
        if (order == 0)
            order = string.CompareOrdinal(Fraction, other.Fraction);
        return Negative ? -order : order;
    }
}
