using System.Net;
using System.Text.Json.Nodes;

namespace Orrery.EndToEnd.Support;

/// <summary>A home with the service <c>slow</c>, whose replica is a script that answers piece by piece.</summary>
internal static class SlowService
{
    // Short, so that a stalled stream is over within seconds.
    private static readonly Dictionary<string, string> Short = new()
    {
        ["ORRERY_GATEWAY__IDLETIMEOUT"] = "00:00:02",
        ["ORRERY_GATEWAY__FIRSTBYTETIMEOUT"] = "00:00:02",
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static Task<UpProcess> StartHomeAsync(TempFolder folder) => UpProcess.StartAsync(folder.File("home"), Short);

    /// <param name="mode">Of the script.</param>
    /// <param name="gracePeriod">Of the replica, in seconds.</param>
    public static async Task<UpProcess> StartAsync(TempFolder folder, string mode = "", int gracePeriod = 2)
    {
        string python = Shell.Need("python3");
        await File.WriteAllTextAsync(folder.File("slow.yaml"), $$"""
            apiVersion: orrery.dev/v1alpha1
            kind: ClusterServingRuntime
            metadata: {name: slow}
            spec:
              supportedModelFormats: [{modelFormat: {name: gguf}, autoSelect: false}]
              process:
                command: ["{{python}}", "{{Repository.File("tests", "Orrery.EndToEnd", "Scripts", "slow_replica.py")}}", "$(PORT)"{{(mode.Length == 0 ? "" : $", {mode}")}}]
                env: [{name: SLOW_HOME, value: "{{folder.Path}}" }]
                terminationGracePeriodSeconds: {{gracePeriod}}
            ---
            apiVersion: orrery.dev/v1alpha1
            kind: InferenceService
            metadata: {name: slow}
            spec: {model: {name: planets}, runtime: {name: slow}, engine: {minReplicas: 1} }
            """, Ct);
        var up = await StartHomeAsync(folder);
        try
        {
            await up.OrreryOutputAsync("apply", "-f", folder.File("slow.yaml"));
            return up;
        }
        catch
        {
            await up.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks it for a stream.</summary>
    /// <param name="afterThird">Called with the replica's process after the third piece.</param>
    public static async Task<(string Text, bool Ended, int Pid)> StreamAsync(HttpClient http, int maxTokens, Func<int, Task>? afterThird = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = new StringContent($$"""{"model":"slow","prompt":"x","stream":true,"max_tokens":{{maxTokens}}}"""),
        };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        string head = response.IsSuccessStatusCode ? "" : await response.Content.ReadAsStringAsync(Ct);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode}: {head}");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        var lines = new List<string>();
        int chunks = 0;
        int pid = 0;
        while (await reader.ReadLineAsync(Ct) is { } line)
        {
            lines.Add(line);
            if (line.Contains("\"pid\"", StringComparison.Ordinal) && ++chunks == 3)
            {
                pid = (int)JsonNode.Parse(line["data: ".Length..])!["pid"]!;
                if (afterThird is not null)
                    await afterThird(pid);
            }
        }
        return (string.Join('\n', lines), lines.Contains("data: [DONE]"), pid);
    }
}
