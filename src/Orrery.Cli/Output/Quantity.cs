using System.Globalization;

namespace Orrery.Cli.Output;

/// <summary>Large numbers as people read them.</summary>
internal static class Quantity
{
    private const double Step = 1024;

    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary><c>1054432</c> is <c>1.0 MiB</c>.</summary>
    public static string Bytes(long bytes)
    {
        double value = bytes;
        int unit = 0;
        // What would round up to a whole step is one of the next unit.
        while (value >= Step - (0.5 * Step / 1000) && unit < Units.Length - 1)
        {
            value /= Step;
            unit++;
        }
        return unit == 0 ? $"{bytes} B" : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {Units[unit]}");
    }
}
