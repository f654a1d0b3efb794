using System.Text;
using System.Text.Json.Nodes;

namespace Orrery.Cli.Output;

/// <summary>Columns set apart by three spaces, never wrapped or cut: the next program in the pipe reads them too.</summary>
internal static class TextTable
{
    /// <param name="header">Null: rows alone.</param>
    public static string Render(IReadOnlyList<string>? header, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<IReadOnlyList<string>> all = header is null ? rows : [header, .. rows];
        if (all.Count == 0)
            return "";
        int[] widths = Widths(all[0], [.. all.Skip(1)]);
        return string.Concat(all.Select(r => Line(r, widths)));
    }

    /// <summary>A Kubernetes Table as the server made it.</summary>
    /// <param name="namePrefix">Put before each name when several kinds are listed together.</param>
    public static string Render(JsonObject table, string namePrefix, TableStyle style)
    {
        var columns = TableColumns.Of(table, style);
        return Render(style.Headers ? columns.Header : null, [.. columns.Rows(table, namePrefix)]);
    }

    public static int[] Widths(IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows)
        => [.. header.Select((h, i) => rows.Select(r => r[i].Length).Append(h.Length).Max())];

    /// <summary>Widths that have room for one row more.</summary>
    public static int[] Widened(IReadOnlyList<int> widths, IReadOnlyList<string> row) => [.. widths.Select((w, i) => Math.Max(w, row[i].Length))];

    public static string Line(IReadOnlyList<string> row, IReadOnlyList<int> widths)
    {
        var text = new StringBuilder();
        for (int i = 0; i < row.Count; i++)
            text.Append(i == row.Count - 1 ? row[i] : row[i].PadRight(widths[i] + 3));
        return text.Append('\n').ToString();
    }
}
