using System.Globalization;

namespace Orrery.Cli.Output;

/// <summary>Times as people and Go write them: <c>30s</c>, <c>5m</c>, <c>1h30m</c>, <c>500ms</c>. A bare number is seconds.</summary>
internal static class DurationText
{
    // No one waits longer, and it keeps every sum inside a TimeSpan.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <returns>Null: it is no time. Negative ones are none.</returns>
    public static TimeSpan? Parse(string text)
    {
        if (Number(text) is { } seconds)
            return Bounded(seconds);
        double total = 0;
        int at = 0;
        while (at < text.Length)
        {
            int unit = at;
            while (unit < text.Length && (char.IsAsciiDigit(text[unit]) || text[unit] == '.'))
                unit++;
            int end = unit;
            while (end < text.Length && char.IsAsciiLetterLower(text[end]))
                end++;
            double? factor = text[unit..end] switch { "ms" => 0.001, "s" => 1, "m" => 60, "h" => 3600, "d" => 86400, _ => null };
            if (Number(text[at..unit]) is not { } count || factor is not { } one)
                return null;
            total += count * one;
            at = end;
        }
        return at == 0 ? null : Bounded(total);
    }

    private static double? Number(string text)
        => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) ? number : null;

    private static TimeSpan? Bounded(double seconds) => seconds <= Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
}
