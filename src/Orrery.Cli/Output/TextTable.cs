using System.Text;
using System.Text.Json.Nodes;

namespace Orrery.Cli.Output;

/// <summary>Columns set apart by three spaces, never wrapped or cut: the next program in the pipe reads them too.</summary>
internal static class TextTable
{
    public static string Render(IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int[] widths = [.. header.Select((h, i) => rows.Select(r => r[i].Length).Append(h.Length).Max())];
        var text = new StringBuilder();
        foreach (var row in rows.Prepend(header))
        {
            for (int i = 0; i < row.Count; i++)
                text.Append(i == row.Count - 1 ? row[i] : row[i].PadRight(widths[i] + 3));
            text.Append('\n');
        }
        return text.ToString();
    }

    /// <summary>A Kubernetes Table as the server made it.</summary>
    /// <param name="namePrefix">Put before each name when several kinds are listed together.</param>
    public static string Render(JsonObject table, string namePrefix, bool withNamespace)
    {
        var columns = table["columnDefinitions"]!.AsArray().Select((c, i) => (Column: c!, Index: i)).Where(c => (int?)c.Column["priority"] is null or 0).ToList();
        List<string> header = [.. columns.Select(c => c.Column["name"]!.ToString().ToUpperInvariant())];
        if (withNamespace)
            header.Insert(0, "NAMESPACE");

        List<IReadOnlyList<string>> rows = [];
        foreach (var row in table["rows"]?.AsArray() ?? [])
        {
            List<string> cells = [.. columns.Select(c => Cell(row!["cells"]![c.Index]))];
            cells[0] = namePrefix + cells[0];
            if (withNamespace)
                cells.Insert(0, row!["object"]?["metadata"]?["namespace"]?.ToString() ?? "");
            rows.Add(cells);
        }
        return Render(header, rows);
    }

    private static string Cell(JsonNode? value) => value?.ToString() is { Length: > 0 } text ? text : "<none>";
}
