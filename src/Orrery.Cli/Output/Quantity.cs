using System.Globalization;

namespace Orrery.Cli.Output;

/// <summary>Large numbers as people read them.</summary>
internal static class Quantity
{
    private static readonly string[] ByteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    private static readonly string[] CountUnits = ["", "K", "M", "B", "T"];

    /// <summary><c>1054432</c> is <c>1.0 MiB</c>.</summary>
    public static string Bytes(long bytes)
    {
        var (value, unit) = Scaled(bytes, 1024, ByteUnits.Length);
        return unit == 0 ? $"{bytes} B" : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {ByteUnits[unit]}");
    }

    /// <summary><c>260032</c> is <c>260K</c> and <c>7241732096</c> is <c>7.2B</c>.</summary>
    public static string Count(long count)
    {
        var (value, unit) = Scaled(count, 1000, CountUnits.Length);
        string format = unit == 0 || value >= 99.95 ? "0" : "0.#";
        return value.ToString(format, CultureInfo.InvariantCulture) + CountUnits[unit];
    }

    private static (double Value, int Unit) Scaled(double value, double step, int units)
    {
        int unit = 0;
        // What would round up to a whole step is one of the next unit.
        while (value >= step - 0.5 * step / 1000 && unit < units - 1)
        {
            value /= step;
            unit++;
        }
        return (value, unit);
    }
}
