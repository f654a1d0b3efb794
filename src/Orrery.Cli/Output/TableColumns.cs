using System.Text.Json.Nodes;

namespace Orrery.Cli.Output;

/// <summary>Which columns of a Kubernetes Table are shown. Later tables of a watch have rows alone, which these columns read too.</summary>
internal sealed class TableColumns
{
    private readonly List<(string Name, int Index)> _columns;
    private readonly bool _withNamespace;

    private TableColumns(List<(string Name, int Index)> columns, bool withNamespace)
    {
        _columns = columns;
        _withNamespace = withNamespace;
        Header = [.. withNamespace ? ["NAMESPACE"] : (string[])[], .. columns.Select(c => c.Name.ToUpperInvariant())];
    }

    public IReadOnlyList<string> Header { get; }

    public static TableColumns Of(JsonObject table, bool withNamespace)
        => new(
            [.. table["columnDefinitions"]!.AsArray().Select((c, i) => (Column: c!, Index: i))
                .Where(c => (int?)c.Column["priority"] is null or 0)
                .Select(c => (c.Column["name"]!.ToString(), c.Index))],
            withNamespace);

    /// <inheritdoc cref="TextTable.Render(JsonObject, string, bool, Func{string, JsonNode?, string}?)"/>
    public IEnumerable<IReadOnlyList<string>> Rows(JsonObject table, string namePrefix, Func<string, JsonNode?, string>? cell = null)
    {
        foreach (var row in table["rows"]?.AsArray() ?? [])
        {
            List<string> cells = [.. _columns.Select(c => Shown(cell, c.Name, row!["cells"]![c.Index]))];
            cells[0] = namePrefix + cells[0];
            if (_withNamespace)
                cells.Insert(0, row!["object"]?["metadata"]?["namespace"]?.ToString() ?? "");
            yield return cells;
        }
    }

    private static string Shown(Func<string, JsonNode?, string>? cell, string column, JsonNode? value)
        => (cell is null ? value?.ToString() : cell(column, value)) is { Length: > 0 } text ? text : "<none>";
}
