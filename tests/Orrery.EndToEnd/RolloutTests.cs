using System.Text.Json.Nodes;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>How a person holds, repeats and undoes changes, and changes the number of replicas.</summary>
public sealed class RolloutTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private UpProcess? _up;

    public async ValueTask DisposeAsync()
    {
        if (_up is not null)
            await _up.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<IReadOnlyList<string>> ReplicasAsync()
        => [.. JsonNode.Parse(await _up!.OrreryOutputAsync("get", "pods", "-o", "json"))!["items"]!.AsArray()
            .Where(p => p!["status"]!["conditions"]!.AsArray().Any(c => c!["type"]!.ToString() == "Ready" && c["status"]!.ToString() == "True"))
            .Select(p => p!["metadata"]!["name"]!.ToString()).Order()];

    private Task<string> PatchAsync(string file) => _up!.OrreryOutputAsync("apply", "-f", file, "--force-conflicts");

    [Fact]
    public async Task Restart_pause_resume_undo_and_scale_do_what_they_say()
    {
        _up = await UpProcess.StartAsync(_folder.File("home"));
        await _up.OrreryOutputAsync("rollout", "status", "isvc/planets");
        var first = Assert.Single(await ReplicasAsync());

        // Another replica of the same.
        await _up.OrreryOutputAsync("rollout", "restart", "isvc/planets");
        Assert.Contains("every replica is of revision", await _up.OrreryOutputAsync("rollout", "status", "isvc/planets"));
        await Eventually.TrueAsync(() => ReplicasAsync().GetAwaiter().GetResult() is [var one] && one != first, () => _up.Errors);

        // Held before it begins.
        await _up.OrreryOutputAsync("rollout", "pause", "isvc/planets");
        await File.WriteAllTextAsync(_folder.File("process.yaml"), """
            apiVersion: orrery.dev/v1alpha1
            kind: InferenceService
            metadata: {name: planets}
            spec:
              model: {name: planets}
              engine: {process: {command: [orrery, engine, --model, $(MODEL_PATH), --socket, $(SOCKET), --context, "512"]}}
            """, TestContext.Current.CancellationToken);
        var before = await ReplicasAsync();
        await PatchAsync(_folder.File("process.yaml"));
        var held = await _up.OrreryAsync("rollout", "status", "isvc/planets");
        Assert.Equal(1, held.Code);
        Assert.Contains("paused", held.Output);
        Assert.Equal(before, await ReplicasAsync());

        await _up.OrreryOutputAsync("rollout", "resume", "isvc/planets");
        await _up.OrreryOutputAsync("rollout", "status", "isvc/planets");
        string history = await _up.OrreryOutputAsync("rollout", "history", "isvc/planets");
        Assert.Equal(["1", "2", "3"], history.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..].Select(l => l.Split(' ')[0]));
        Assert.Contains("512", await _up.OrreryOutputAsync("rollout", "history", "isvc/planets", "--revision", "3"));

        // More of them, and what no undo touches.
        await _up.OrreryOutputAsync("scale", "isvc", "planets", "--replicas", "2");
        await Eventually.TrueAsync(() => ReplicasAsync().GetAwaiter().GetResult().Count == 2, () => _up.Errors);
        await _up.OrreryOutputAsync("rollout", "undo", "isvc/planets", "--to-revision", "2");
        await _up.OrreryOutputAsync("rollout", "status", "isvc/planets");
        var spec = JsonNode.Parse(await _up.OrreryOutputAsync("get", "isvc/planets", "-o", "json"))!["spec"]!;
        Assert.Null(spec["engine"]!["process"]);
        Assert.Equal("2", spec["engine"]!["minReplicas"]!.ToString());

        var missing = await _up.OrreryAsync("rollout", "undo", "isvc/planets", "--to-revision", "77");
        Assert.Equal(1, missing.Code);
        Assert.Contains("has no revision 77", missing.Errors);
        Assert.Contains("has no rollouts", (await _up.OrreryAsync("rollout", "status", "pod/x")).Errors);
    }
}
