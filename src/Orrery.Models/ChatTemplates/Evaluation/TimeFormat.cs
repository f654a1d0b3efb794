using System.Globalization;
using System.Text;

namespace Orrery.Models.ChatTemplates.Evaluation;

/// <summary>C's strftime in English. A dash before the letter drops leading zeros; letters that are not known stay as they are.</summary>
internal static class TimeFormat
{
    public static string Of(DateTimeOffset time, string format)
    {
        var text = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            bool dash = i + 2 < format.Length && format[i] == '%' && format[i + 1] == '-';
            int letter = i + (dash ? 2 : 1);
            if (format[i] != '%' || letter >= format.Length || Field(time, format[letter]) is not { } field)
            {
                text.Append(format[i]);
                continue;
            }
            text.Append(dash && field.TrimStart('0') is { Length: > 0 } digits ? digits : field);
            i = letter;
        }
        return text.ToString();
    }

    private static string? Field(DateTimeOffset time, char letter)
    {
        string? standard = letter switch
        {
            'Y' => "yyyy",
            'y' => "yy",
            'm' => "MM",
            'd' => "dd",
            'H' => "HH",
            'I' => "hh",
            'M' => "mm",
            'S' => "ss",
            'f' => "ffffff",
            'p' => "tt",
            'b' or 'h' => "MMM",
            'B' => "MMMM",
            'a' => "ddd",
            'A' => "dddd",
            'F' => "yyyy-MM-dd",
            'T' => "HH:mm:ss",
            'D' => "MM/dd/yy",
            'R' => "HH:mm",
            _ => null,
        };
        if (standard is not null)
            return time.ToString(standard, CultureInfo.InvariantCulture);
        return letter switch
        {
            'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'u' => (time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            's' => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            // Python's local time without a zone has neither.
            'Z' or 'z' => "",
            'n' => "\n",
            't' => "\t",
            '%' => "%",
            _ => null,
        };
    }
}
