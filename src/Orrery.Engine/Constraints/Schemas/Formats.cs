using Orrery.Engine.Constraints.Patterns;

namespace Orrery.Engine.Constraints.Schemas;

/// <summary>
/// The formats that are kept to; each pattern is a part of what the format allows. All other formats are annotations, as the specification
/// has them by default (2020-12, validation, 7.2.1), and restrict nothing.
/// </summary>
internal static class Formats
{
    /// <summary>Years from 1000 that 4 divides, of the centuries those that 400 divides.</summary>
    private const string Leap = "([1-9][0-9](0[48]|[2468][048]|[13579][26])|([2468][048]|[13579][26])00)";
    private const string LongMonth = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])";
    private const string ShortMonth = "(0[469]|11)-(0[1-9]|[12][0-9]|30)";

    /// <summary>From the year 1000 on; February has 29 days in leap years only.</summary>
    private const string Date = $"([1-9][0-9]{{3}}-({LongMonth}|{ShortMonth}|02-(0[1-9]|1[0-9]|2[0-8]))|{Leap}-02-29)";

    private const string Time = @"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])";

    private static readonly Dictionary<string, string> Patterns = new()
    {
        ["date"] = Date,
        ["time"] = Time,
        ["date-time"] = $"{Date}T{Time}",
        ["uuid"] = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
        ["email"] = @"[A-Za-z0-9_+-]{1,32}(\.[A-Za-z0-9_+-]{1,32})?@([A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?\.){1,4}[A-Za-z]{2,12}",
        ["ipv4"] = @"((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])",
    };

    public static bool Knows(string format) => Patterns.ContainsKey(format);

    public static Pattern PatternOf(string format) => ((PatternResult.Read)PatternReader.Read($"^({Patterns[format]})$")).Pattern;
}
