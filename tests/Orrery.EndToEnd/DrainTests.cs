using System.Diagnostics;
using System.Text.Json.Nodes;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>A replica's process that is told to end while it answers.</summary>
public sealed class DrainTests
{
    private static readonly TimeSpan StartBound = TimeSpan.FromMinutes(5), EndBound = TimeSpan.FromMinutes(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, false)]
    [InlineData(60, true)]
    public async Task A_stream_ends_whole_or_with_an_error_event_and_the_process_well(int gracePeriod, bool whole)
    {
        using var engine = Shell.Start(
            Repository.File("orrery"),
            ["engine", "--model", Repository.File("tests", "Data", "stories260K", "stories260K-F32.gguf"), "--port", "0", "--grace-period", $"{gracePeriod}"]);
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri(await AddressAsync(engine)) };
            // 16 texts of some 500 tokens: seconds of work, of which a first piece is soon there.
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
            {
                Content = new StringContent("""{"prompt":"Once","n":16,"max_tokens":500,"stream":true,"logit_bias":{"2":-100}}"""),
            };
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);

            Assert.Equal(0, (await Shell.RunAsync("kill", ["-TERM", $"{engine.Id}"])).Code);
            string[] events = (await response.Content.ReadAsStringAsync(Ct)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
            await engine.WaitForExitAsync(Ct).WaitAsync(EndBound, Ct);

            Assert.Equal(0, engine.ExitCode);
            if (whole)
                Assert.Equal("data: [DONE]", events[^1]);
            else
                Assert.Equal("draining", (string?)JsonNode.Parse(events[^1]["data: ".Length..])!["error"]!["code"]);
            Assert.DoesNotContain("fail", await engine.StandardError.ReadToEndAsync(Ct), StringComparison.Ordinal);
        }
        finally
        {
            if (!engine.HasExited)
                engine.Kill(entireProcessTree: true);
        }
    }

    private static async Task<string> AddressAsync(Process engine)
    {
        const string Says = "answers at ";
        string line = await engine.StandardOutput.ReadLineAsync(Ct).AsTask().WaitAsync(StartBound, Ct) ?? "";
        return line[(line.IndexOf(Says, StringComparison.Ordinal) + Says.Length)..];
    }
}
