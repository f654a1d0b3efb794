using System.Text.Json.Nodes;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>That the bench runs and measures all it says; what it measures is no test's business.</summary>
public sealed class BenchTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_bench_prints_a_table_and_writes_json()
    {
        var ran = await Shell.RunAsync(Repository.File("bench", "run"), ["--requests", "20", "--objects", "50", "--json", _folder.File("figures.json")], limit: TimeSpan.FromMinutes(5));

        Assert.True(ran.Code == 0, ran.ToString());
        var figures = JsonNode.Parse(await File.ReadAllTextAsync(_folder.File("figures.json"), TestContext.Current.CancellationToken))!.AsArray();
        foreach (string name in (string[])["prefill 256 tokens", "decode 128 tokens", "process start to first token, median", "ratio"])
        {
            Assert.Contains(name, ran.Output);
            Assert.Contains(figures, f => f!["name"]!.ToString() == name && (double)f["value"]! > 0);
        }
    }
}
