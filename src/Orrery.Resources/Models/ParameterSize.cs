using System.Globalization;

namespace Orrery.Resources.Models;

/// <summary>Numbers of weights as people write them: <c>260K</c>, <c>8.03B</c>, <c>1.5T</c>.</summary>
public static class ParameterSize
{
    /// <summary>What <see cref="Parse"/> takes, for schemas.</summary>
    internal const string Expression = "^([0-9]+(\\.[0-9]*)?|\\.[0-9]+)[KMBTkmbt]$";

    internal const string Meaning = "a number with K, M, B or T, for example 7B";

    private const string Units = "KMBT";

    /// <returns>Null: not such a number.</returns>
    public static double? Parse(string text)
    {
        int unit = text.Length == 0 ? -1 : Units.IndexOf(char.ToUpperInvariant(text[^1]));
        return unit >= 0
            && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
            ? number * Math.Pow(1000, unit + 1)
            : null;
    }

    /// <summary><c>8030261248</c> is <c>8.03B</c>: at most three digits, whatever is behind them cut off by rounding.</summary>
    public static string Text(double parameters)
    {
        int unit = -1;
        double value = parameters;
        // What would round up to 1000 is one of the next unit.
        while (value >= 999.5 && unit < Units.Length - 1)
        {
            value /= 1000;
            unit++;
        }
        string format = value >= 99.95 ? "0" : value >= 9.995 ? "0.#" : "0.##";
        return value.ToString(format, CultureInfo.InvariantCulture) + (unit < 0 ? "" : Units[unit]);
    }
}
