using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Output;
using Orrery.Resources;

namespace Orrery.Cli.Commands;

/// <summary>A list that goes on: the table as it is now, then a row for each change, under the columns of the first.</summary>
/// <param name="ns">Null: all namespaces.</param>
/// <param name="name">Null: all objects.</param>
internal sealed class WatchedTable(ResourceClient client, ResourceKind kind, string? ns, string? name, TimeProvider time, TextWriter output)
{
    // The server ends a watch now and then; one that it ends at once must not be asked for again without a pause.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Until cancelled.</summary>
    /// <exception cref="CliException">There is no object of that name, or the server no longer answers.</exception>
    public async Task FollowAsync(CancellationToken ct)
    {
        if (name is not null)
            await client.GetAsync(kind, ns!, name, table: true, ct);
        var first = await client.ListAsync(kind, ns, table: true, ct, name);
        var columns = TableColumns.Of(first, withNamespace: ns is null && kind.Namespaced);
        List<IReadOnlyList<string>> rows = [.. columns.Rows(first, "")];
        int[] widths = TextTable.Widths(columns.Header, rows);
        await output.WriteAsync(string.Concat(rows.Prepend(columns.Header).Select(r => TextTable.Line(r, widths))));

        string? version = VersionOf(first);
        while (true)
        {
            await foreach (var change in client.WatchAsync(kind, ns, name, version, ct))
            {
                var table = change["object"]!.AsObject();
                string type = change["type"]!.ToString();
                if (type == "ERROR")
                    throw new CliException($"The list cannot be followed further: {table["message"]} Start it again.");
                version = VersionOf(table) ?? version;
                foreach (var row in columns.Rows(table, ""))
                    await output.WriteAsync(TextTable.Line(type == "DELETED" ? [.. row.SkipLast(1), $"{row[^1]}   (deleted)"] : row, widths));
            }
            await Task.Delay(Pause, time, ct);
        }
    }

    private static string? VersionOf(JsonObject table) => table["metadata"]?["resourceVersion"]?.ToString();
}
