using System.Net;
using System.Text.Json.Nodes;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>A service that asks for a container, in a home that has podman.</summary>
public sealed class ContainerTests : IAsyncDisposable
{
    // A server of busybox' parts: each connection is given to a shell, which reads a request's head and body and answers.
    private const string Server = """
        cat > /tmp/answer <<'SCRIPT'
        #!/bin/sh
        length=0
        read -r method path rest
        while read -r name value && [ "$name" != "$(printf '\r')" ]; do
          case $name in [Cc]ontent-[Ll]ength:) length=$(echo "$value" | tr -d '\r');; esac
        done
        [ "$length" -gt 0 ] && head -c "$length" >/dev/null
        echo "asked for $path" >&2
        body='{"id":"c","object":"text_completion","model":"boxed","choices":[{"index":0,"text":"from a container","finish_reason":"length"}]}'
        printf 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%s' "${#body}" "$body"
        SCRIPT
        chmod +x /tmp/answer
        echo "serving $MODEL"
        exec nc -ll -p "$PORT" -e /tmp/answer
        """;

    private readonly TempFolder _folder = new();
    private PodmanPrograms? _podman;
    private UpProcess? _up;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_up is not null)
            await _up.DisposeAsync();
        if (_podman is not null)
            await _podman.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_service_runs_in_a_container_scales_and_leaves_nothing()
    {
        _podman = await PodmanPrograms.StartAsync(_folder.File("podman"), Ct);
        _up = await UpProcess.StartAsync(_folder.File("home"), new Dictionary<string, string>
        {
            ["ORRERY_CONTAINERS__ENGINE"] = _podman.Program,
            ["ORRERY_CONTAINERS__ENGINEARGUMENTS"] = "--runtime runc",
            ["ORRERY_CONTAINERS__ARGUMENTS"] = string.Join(' ', PodmanPrograms.RunArguments),
        });
        await File.WriteAllTextAsync(_folder.File("boxed.yaml"), $$"""
            apiVersion: orrery.dev/v1alpha1
            kind: InferenceService
            metadata: {name: boxed}
            spec:
              model: {name: planets}
              engine:
                minReplicas: 1
                runner:
                  name: server
                  image: {{PodmanPrograms.Image}}
                  imagePullPolicy: Never
                  command: [/bin/sh, -c]
                  args:
                  - |
                    {{Server.ReplaceLineEndings("\n        ")}}
                  env:
                  - {name: PORT, value: "8080"}
                  - {name: MODEL, value: boxed}
                  ports: [{containerPort: 8080}]
                  resources: {limits: {memory: 64Mi} }
            """, Ct);
        await _up.OrreryOutputAsync("apply", "-f", _folder.File("boxed.yaml"));

        await ReadyAsync(1);
        using var http = _up.Client();
        using var content = new StringContent("""{"model":"boxed","prompt":"x","max_tokens":8}""");
        using var response = await http.PostAsync("/v1/completions", content, Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("from a container", JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["choices"]![0]!["text"]!.ToString());
        Assert.Contains("serving boxed", await _up.OrreryOutputAsync("logs", "isvc/boxed"), StringComparison.Ordinal);
        Assert.Contains("orrery.dev/containers: podman", await _up.OrreryOutputAsync("get", "nodes", "-o", "yaml"), StringComparison.Ordinal);

        await _up.OrreryOutputAsync("scale", "isvc", "boxed", "--replicas", "2");
        await ReadyAsync(2);
        Assert.Equal(2, (await ContainersAsync()).Length);

        await _up.SignalAsync("TERM");
        Assert.Equal(0, await _up.EndedAsync(within: TimeSpan.FromSeconds(60)));
        Assert.Empty(await ContainersAsync());
    }

    private async Task ReadyAsync(int replicas)
    {
        JsonNode? status = null;
        await Eventually.SeesAsync<object>(
            async () =>
            {
                status = JsonNode.Parse(await _up!.OrreryOutputAsync("get", "isvc/boxed", "-o", "json"))!["status"];
                return status?["components"]?["engine"]?["readyReplicas"]?.GetValue<int>() == replicas ? status : null;
            },
            () => $"{status}\n{_up!.Output}\n{_up.Errors}");
    }

    private async Task<string[]> ContainersAsync()
        => (await _podman!.RunAsync(Ct, "ps", "--all", "--quiet")).Said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
