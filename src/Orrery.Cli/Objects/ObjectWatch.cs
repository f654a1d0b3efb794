using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Discovery;
using Orrery.Cli.Output;

namespace Orrery.Cli.Objects;

/// <summary>A list that goes on: what there is now, then each change. As a table, the changes stand under the columns of the first.</summary>
/// <param name="query">Of the objects; <c>Table</c> follows from the output.</param>
/// <param name="style">Of tables.</param>
/// <param name="changesOnly">What there is now is left out.</param>
internal sealed class ObjectWatch(ResourceClient client, ApiResource kind, ListQuery query, OutputFormat format, TableStyle style, bool changesOnly, TimeProvider time, TextWriter output)
{
    // The server ends a watch now and then; one that it ends at once must not be asked for again without a pause.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Until cancelled.</summary>
    /// <exception cref="CliException">The server no longer answers, or its history no longer reaches back.</exception>
    public async Task FollowAsync(CancellationToken ct)
    {
        bool isTable = format is OutputFormat.Table;
        var asked = query with { Table = isTable };
        var first = await client.ListAsync(kind, asked, ct);
        var columns = isTable ? TableColumns.Of(first, style) : null;
        int[] widths = [];
        if (columns is not null)
        {
            List<IReadOnlyList<string>> rows = changesOnly ? [] : [.. columns.Rows(first, "")];
            widths = TextTable.Widths(columns.Header, rows);
            await output.WriteAsync(string.Concat((style.Headers ? rows.Prepend(columns.Header) : rows).Select(r => TextTable.Line(r, widths))));
        }
        else if (!changesOnly)
        {
            foreach (var item in first["items"]!.AsArray())
                await WriteAsync(item!.AsObject());
        }

        string? version = VersionOf(first);
        while (true)
        {
            await foreach (var change in client.WatchAsync(kind, asked, version, ct))
            {
                var item = change["object"]!.AsObject();
                string type = change["type"]!.ToString();
                if (type == "ERROR")
                    throw new CliException($"The list cannot be followed further: {item["message"]} Start it again.");
                version = VersionOf(item) ?? version;
                if (type == "BOOKMARK")
                    continue;
                if (columns is null)
                {
                    await WriteAsync(item);
                    continue;
                }
                foreach (var row in columns.Rows(item, ""))
                {
                    // Longer than all before: columns move once, rather than run into each other.
                    widths = TextTable.Widened(widths, row);
                    await output.WriteAsync(TextTable.Line(type == "DELETED" ? [.. row.SkipLast(1), $"{row[^1]}   (deleted)"] : row, widths));
                }
            }
            await Task.Delay(Pause, time, ct);
        }
    }

    private async Task WriteAsync(JsonObject item)
    {
        string text = ObjectText.Of(format, [FoundObject.Of(kind, item)], isList: false);
        // YAML documents need a line between them, and a path's values an end.
        await output.WriteAsync(format switch
        {
            OutputFormat.Yaml => "---\n" + text,
            OutputFormat.Columns => text[(text.IndexOf('\n') + 1)..],
            _ => text.EndsWith('\n') ? text : text + "\n",
        });
    }

    // A table of a watch has its version in its row's object on servers that leave its own empty.
    private static string? VersionOf(JsonObject json)
        => (json["metadata"]?["resourceVersion"] ?? (json["rows"] as JsonArray)?.FirstOrDefault()?["object"]?["metadata"]?["resourceVersion"])?.ToString() is { Length: > 0 } version ? version : null;
}
