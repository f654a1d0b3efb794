using System.Globalization;
using System.Text.Json;

namespace Orrery.Resources.Text;

/// <summary>Kubernetes quantities as numbers: <c>80Gi</c>, <c>500m</c>, <c>1e3</c>, <c>4</c>.</summary>
public static class Quantities
{
    private static readonly (string Suffix, double Factor)[] Suffixes =
    [
        ("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("Ti", 1L << 40), ("Pi", 1L << 50), ("Ei", 1L << 60),
        ("n", 1e-9), ("u", 1e-6), ("m", 1e-3), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15), ("E", 1e18),
    ];

    /// <returns>Null: no quantity.</returns>
    public static double? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        double factor = 1;
        foreach (var (suffix, value) in Suffixes)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal))
            {
                (text, factor) = (text[..^suffix.Length], value);
                break;
            }
        }
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number * factor : null;
    }

    /// <inheritdoc cref="Parse(string?)"/>
    public static double? Parse(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
        { ValueKind: JsonValueKind.String } text => Parse(text.GetString()),
        _ => null,
    };
}
