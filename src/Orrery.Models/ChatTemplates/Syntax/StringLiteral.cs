using System.Globalization;
using System.Text;

namespace Orrery.Models.ChatTemplates.Syntax;

/// <summary>Escapes inside quotes, as Python reads them: unknown ones keep their backslash, and a backslash before a line break removes it.</summary>
internal static class StringLiteral
{
    /// <summary>Null: an escape is damaged.</summary>
    public static string? Unescape(ReadOnlySpan<char> source)
    {
        if (!source.Contains('\\'))
            return source.ToString();

        var text = new StringBuilder(source.Length);
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] != '\\' || i + 1 == source.Length)
            {
                text.Append(source[i]);
                continue;
            }
            char escape = source[++i];
            switch (escape)
            {
                case 'x' or 'u' or 'U':
                    int digits = escape switch { 'x' => 2, 'u' => 4, _ => 8 };
                    if (!TryAppendHex(text, source[(i + 1)..], digits))
                        return null;
                    i += digits;
                    break;
                case >= '0' and <= '7':
                    i += AppendOctal(text, source[i..]) - 1;
                    break;
                default:
                    AppendSimple(text, escape);
                    break;
            }
        }
        return text.ToString();
    }

    private static void AppendSimple(StringBuilder text, char escape)
    {
        const string Names = "ntr\\'\"abfv";
        const string Values = "\n\t\r\\'\"\a\b\f\v";
        int known = Names.IndexOf(escape, StringComparison.Ordinal);
        if (known >= 0)
            text.Append(Values[known]);
        else if (escape != '\n')
            text.Append('\\').Append(escape);
    }

    private static bool TryAppendHex(StringBuilder text, ReadOnlySpan<char> source, int digits)
    {
        if (source.Length < digits
            || !uint.TryParse(source[..digits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code) || code > 0x10FFFF)
            return false;
        if (code < 0x10000)
            text.Append((char)code);
        else
            text.Append(char.ConvertFromUtf32((int)code));
        return true;
    }

    private static int AppendOctal(StringBuilder text, ReadOnlySpan<char> source)
    {
        int code = 0, length = 0;
        while (length < 3 && length < source.Length && source[length] is >= '0' and <= '7')
            code = code * 8 + source[length++] - '0';
        text.Append((char)code);
        return length;
    }
}
