using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>Smaller weights: as a file, and at load.</summary>
public sealed partial class QuantizeTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_quantized_file_is_smaller_and_still_knows_its_facts()
    {
        using var folder = new TempFolder();
        string made = folder.File("planets.gguf");
        var ran = await Shell.RunAsync(Repository.File("orrery"), ["quantize", "models/planets", made, "--type", "q8_0"]);
        var again = await Shell.RunAsync(Repository.File("orrery"), ["quantize", made, made, "--type", "q8_0"]);

        Assert.Matches(@": Q8_0, \d\.\d MiB, 5\d % of the 2\.7 MiB of models/planets\n\z", ran.Output);
        Assert.NotEqual(0, again.Code);
        Assert.Contains($"'{made}' is there already. Give another name, or --force to write over it.", again.Errors, StringComparison.Ordinal);
        Assert.Contains("2 moons", await AskAsync("How many moons does Mars have?", "--model", made), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weights_are_quantized_at_load()
        => Assert.Contains("2 moons", await AskAsync("How many moons does Mars have?", "--model", "models/planets", "--quantize", "q8_0"), StringComparison.Ordinal);

    /// <summary>Serves with the engine alone, asks once, and ends it.</summary>
    private static async Task<string> AskAsync(string question, params string[] options)
    {
        using var engine = Shell.Start(Repository.File("orrery"), ["engine", "--port", "0", .. options]);
        try
        {
            string line = await engine.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Bound, TestContext.Current.CancellationToken) ?? "";
            Assert.Matches(Address(), line);
            using var http = new HttpClient { BaseAddress = new Uri(Address().Match(line).Value), Timeout = Bound };
            using var answer = await http.PostAsJsonAsync(
                "/v1/chat/completions", new { model = "planets", temperature = 0, messages = new[] { new { role = "user", content = question } } }, TestContext.Current.CancellationToken);
            var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
            return json["choices"]?[0]?["message"]?["content"]?.ToString() ?? json.ToJsonString();
        }
        finally
        {
            engine.Kill(entireProcessTree: true);
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
