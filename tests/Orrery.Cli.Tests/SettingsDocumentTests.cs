using System.Text.Json;
using Orrery.Cli.Up;

namespace Orrery.Cli.Tests;

public sealed class SettingsDocumentTests
{
    [Fact]
    public void Docs_name_every_setting_with_its_default()
    {
        var rows = File.ReadLines(Repository.File("docs", "settings.md"))
            .Where(l => l.StartsWith("| `", StringComparison.Ordinal))
            .Select(l => l.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => $"{cells[1].Trim('`')} = {cells[3]}");
        var settings = JsonSerializer.SerializeToNode(new HomeSettings(), SettingsJson.Default.HomeSettings)!.AsObject();
        var known = settings.SelectMany(section => section.Value!.AsObject().Select(s => $"{section.Key}.{s.Key} = {s.Value}"));

        Assert.Equal(known.Order(), rows.Order());
    }
}
