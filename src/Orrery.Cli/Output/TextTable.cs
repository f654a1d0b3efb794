using System.Text;
using System.Text.Json.Nodes;

namespace Orrery.Cli.Output;

/// <summary>Columns set apart by three spaces, never wrapped or cut: the next program in the pipe reads them too.</summary>
internal static class TextTable
{
    public static string Render(IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int[] widths = Widths(header, rows);
        return string.Concat(rows.Prepend(header).Select(r => Line(r, widths)));
    }

    /// <summary>A Kubernetes Table as the server made it.</summary>
    /// <param name="namePrefix">Put before each name when several kinds are listed together.</param>
    /// <param name="cell">How a value of the column of that name is shown; null: as it is.</param>
    public static string Render(JsonObject table, string namePrefix, bool withNamespace, Func<string, JsonNode?, string>? cell = null)
    {
        var columns = TableColumns.Of(table, withNamespace);
        return Render(columns.Header, [.. columns.Rows(table, namePrefix, cell)]);
    }

    public static int[] Widths(IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows)
        => [.. header.Select((h, i) => rows.Select(r => r[i].Length).Append(h.Length).Max())];

    public static string Line(IReadOnlyList<string> row, IReadOnlyList<int> widths)
    {
        var text = new StringBuilder();
        for (int i = 0; i < row.Count; i++)
            text.Append(i == row.Count - 1 ? row[i] : row[i].PadRight(widths[i] + 3));
        return text.Append('\n').ToString();
    }
}
