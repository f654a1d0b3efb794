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
}
