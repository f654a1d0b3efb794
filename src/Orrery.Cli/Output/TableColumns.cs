using System.Text.Json.Nodes;

namespace Orrery.Cli.Output;

/// <summary>How a table is shown.</summary>
/// <param name="Wide">Columns of lower priority too.</param>
/// <param name="Labels">A last column with the objects' labels.</param>
/// <param name="Namespace">A first column with the objects' namespaces.</param>
/// <param name="Cell">How a value of the column of that name is shown; null: as it is.</param>
internal sealed record TableStyle(bool Wide = false, bool Labels = false, bool Namespace = false, bool Headers = true, Func<string, JsonNode?, string>? Cell = null);

/// <summary>Which columns of a Kubernetes Table are shown. Later tables of a watch have rows alone, which these columns read too.</summary>
internal sealed class TableColumns
{
    private readonly List<(string Name, int Index)> _columns;
    private readonly TableStyle _style;

    private TableColumns(List<(string Name, int Index)> columns, TableStyle style)
    {
        _columns = columns;
        _style = style;
        Header = [.. style.Namespace ? ["NAMESPACE"] : (string[])[], .. columns.Select(c => c.Name.ToUpperInvariant()), .. style.Labels ? ["LABELS"] : (string[])[]];
    }

    public IReadOnlyList<string> Header { get; }

    public static TableColumns Of(JsonObject table, TableStyle style)
        => new(
            [.. (table["columnDefinitions"] as JsonArray ?? []).Select((c, i) => (Column: c!, Index: i))
                .Where(c => style.Wide || (int?)c.Column["priority"] is null or 0)
                .Select(c => (c.Column["name"]!.ToString(), c.Index))],
            style);

    /// <param name="namePrefix">Put before each name when several kinds are listed together.</param>
    public IEnumerable<IReadOnlyList<string>> Rows(JsonObject table, string namePrefix)
    {
        foreach (var row in table["rows"]?.AsArray() ?? [])
        {
            List<string> cells = [.. _columns.Select(c => Shown(c.Name, row!["cells"]![c.Index]))];
            if (cells.Count > 0)
                cells[0] = namePrefix + cells[0];
            if (_style.Namespace)
                cells.Insert(0, row!["object"]?["metadata"]?["namespace"]?.ToString() ?? "");
            if (_style.Labels)
                cells.Add(LabelsOf(row!["object"]));
            yield return cells;
        }
    }

    private string Shown(string column, JsonNode? value)
        => (_style.Cell is null ? value?.ToString() : _style.Cell(column, value)) is { Length: > 0 } text ? text.ReplaceLineEndings(" ") : "<none>";

    private static string LabelsOf(JsonNode? item)
        => item?["metadata"]?["labels"] is JsonObject { Count: > 0 } labels ? string.Join(',', labels.Select(l => $"{l.Key}={l.Value}")) : "<none>";
}
