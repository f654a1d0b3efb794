using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>Replicas as pods: what people do to them with the real kubectl.</summary>
public sealed class PodTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private UpProcess? _up;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_up is not null)
            await _up.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_replica_is_a_pod_that_restarts_logs_and_is_replaced()
    {
        string kubectl = Shell.Need("kubectl"), python = Shell.Need("python3");
        await ServeAsync(python);
        var started = await PodAsync(p => Status(p)?["ready"]?.ToString() == "true", "is ready");
        string name = Name(started);

        // Killed: the same pod, once more started.
        int pid = int.Parse((await KubectlAsync("logs", name)).Split('\n').Last(l => l.StartsWith("pid ", StringComparison.Ordinal))[4..], CultureInfo.InvariantCulture);
        using (var process = Process.GetProcessById(pid))
            process.Kill();
        var restarted = await PodAsync(p => Status(p)?["restartCount"]?.ToString() == "1" && Status(p)?["ready"]?.ToString() == "true", "was started again");
        Assert.Equal(name, Name(restarted));
        Assert.Equal("137", Status(restarted)!["lastState"]!["terminated"]!["exitCode"]!.ToString());
        Assert.Contains($"pid {pid}", await KubectlAsync("logs", name, "--previous"), StringComparison.Ordinal);
        Assert.DoesNotContain($"pid {pid}", await KubectlAsync("logs", name), StringComparison.Ordinal);

        // Followed, then deleted: another one takes its place, and following ends.
        using var follow = Shell.Start(kubectl, [.. Connection, "logs", "-f", name], Environment);
        Assert.StartsWith("pid ", await follow.StandardOutput.ReadLineAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct), StringComparison.Ordinal);
        await KubectlAsync("delete", "pod", name);
        var replaced = await PodAsync(p => Name(p) != name && Status(p)?["ready"]?.ToString() == "true", "was replaced");
        Assert.NotEqual(name, Name(replaced));
        await follow.WaitForExitAsync(Ct).WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    [Fact]
    public async Task The_machine_is_a_node_that_kubectl_describes()
    {
        Shell.Need("kubectl");
        _up = await UpProcess.StartAsync(_folder.File("home"));

        Assert.Matches(@"NAME +STATUS +ROLES +AGE +VERSION\n\S+ +Ready ", await KubectlAsync("get", "nodes"));
        Assert.Matches(@"(?s)Capacity:.*cpu: +\d+.*memory: +[1-9]\d*Ki", await KubectlAsync("describe", "nodes"));
    }

    private string[] Connection => ["--kubeconfig", Path.Combine(_up!.Home, "kubeconfig")];

    private Dictionary<string, string> Environment => new() { ["HOME"] = _folder.Path, ["KUBECACHEDIR"] = _folder.File("cache") };

    /// <summary>A service whose replica is a script that says its pid.</summary>
    private async Task ServeAsync(string python)
    {
        await File.WriteAllTextAsync(_folder.File("replica.py"), """
            import http.server, json, os, sys

            class Handler(http.server.BaseHTTPRequestHandler):
                def answer(self):
                    body = json.dumps({"choices": [{"text": "x"}]}).encode()
                    self.send_response(200)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

                def do_GET(self):
                    self.answer()

                def do_POST(self):
                    self.rfile.read(int(self.headers.get("Content-Length", 0)))
                    self.answer()

                def log_message(self, *args):
                    pass

            print(f"pid {os.getpid()}", flush=True)
            http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
            """, Ct);
        await File.WriteAllTextAsync(_folder.File("service.yaml"), $$"""
            apiVersion: orrery.dev/v1alpha1
            kind: ClusterServingRuntime
            metadata: {name: scripted}
            spec:
              supportedModelFormats: [{modelFormat: {name: gguf}, autoSelect: false}]
              process: {command: ["{{python}}", "{{_folder.File("replica.py")}}", "$(PORT)"]}
            ---
            apiVersion: orrery.dev/v1alpha1
            kind: InferenceService
            metadata: {name: scripted}
            spec: {model: {name: planets}, runtime: {name: scripted}, engine: {minReplicas: 1} }
            """, Ct);
        _up = await UpProcess.StartAsync(_folder.File("home"));
        await _up.OrreryOutputAsync("apply", "-f", _folder.File("service.yaml"));
    }

    private Task<JsonNode> PodAsync(Func<JsonNode, bool> wanted, string what)
    {
        string last = "";
        return Eventually.SeesAsync(
            async () =>
            {
                last = await KubectlAsync("get", "pods", "-l", "orrery.dev/inferenceservice=scripted", "-o", "json");
                return JsonNode.Parse(last)!["items"]!.AsArray().FirstOrDefault(p => wanted(p!));
            },
            () => $"no pod that {what}: {last}");
    }

    private static string Name(JsonNode pod) => pod["metadata"]!["name"]!.ToString();

    private static JsonNode? Status(JsonNode pod) => pod["status"]?["containerStatuses"]?[0];

    private async Task<string> KubectlAsync(params string[] arguments)
    {
        var ran = await Shell.RunAsync(Shell.Need("kubectl"), [.. Connection, .. arguments], Environment);
        Assert.True(ran.Code == 0, $"kubectl {string.Join(' ', arguments)}: {ran}");
        return ran.Output;
    }
}
