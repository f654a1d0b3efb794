using System.Globalization;
using System.Text;
using Orrery.Local.Machine;
using Orrery.Local.Supervision;
using Orrery.Resources;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Tests;

/// <summary>What a replica needs before it can begin, and what it is held to.</summary>
public sealed partial class ProcessRuntimeTests
{
    private const string Hidden = "v4lue-that-nobody-prints";

    [Fact]
    public async Task A_secrets_value_is_in_the_environment_and_nowhere_else()
    {
        await SecretAsync("keys", "token", Hidden);
        await using var seen = Watch();

        await _runtime.ApplyAsync(WithSecret(Serving("a"), "keys", "token"), Ct);

        int pid = int.Parse(await AskWhoAsync((await ReadyAsync(seen, "a", 1)).Replicas[0].Address!), CultureInfo.InvariantCulture);
        Assert.Contains($"\0TOKEN={Hidden}\0", $"\0{await File.ReadAllTextAsync($"/proc/{pid}/environ", Ct)}");
        Assert.DoesNotContain(Hidden, CommandLine(pid));
        Assert.DoesNotContain(Hidden, CommandLine(ProcessTable.Find(pid)!.ParentPid));
        Assert.All(Directory.GetFiles(_home.Path, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".sock", StringComparison.Ordinal)),
            f => Assert.DoesNotContain(Hidden, File.ReadAllText(f)));
        Assert.DoesNotContain(Hidden, string.Concat((await _store.ListAsync(Pod.Kind, null, Ct)).Items.Select(p => Encoding.UTF8.GetString(p.Utf8.Span))));
        Assert.DoesNotContain(Hidden, string.Concat(_logged.Lines));
    }

    [Fact]
    public async Task A_replica_waits_for_its_secret_and_says_which_without_counting_restarts()
    {
        await using var seen = Watch();
        await _runtime.ApplyAsync(WithSecret(Serving("a"), "keys", "token"), Ct);

        var missing = await seen.UntilAsync("a", s => s.Replicas is [{ Phase: ReplicaPhase.Waiting }]);
        Assert.Equal("variable TOKEN: there is no Secret 'keys' in namespace 'default'; create it with the key 'token'", missing.Replicas[0].Message);
        var pod = await PodAsync("a-0", p => Shown(p) == "0/1 CreateContainerConfigError 0");
        Assert.Equal("Pending", pod.Status!.Phase);

        await SecretAsync("keys", "other", "x");
        await seen.UntilAsync("a", s => s.Replicas is [{ Message: "variable TOKEN: the Secret 'keys' has no key 'token'; it has other" }]);

        (await _store.MergePatchAsync(Secret.Kind.Key("default", "keys"), new() { ["stringData"] = new System.Text.Json.Nodes.JsonObject { ["token"] = Hidden } }, status: false, Ct)).Stored();
        var ready = await ReadyAsync(seen, "a", 1);
        Assert.Equal((0, ""), (ready.Replicas[0].Restarts, ready.Replicas[0].Message));
    }

    [Fact]
    public async Task A_missing_optional_secret_leaves_the_variable_out()
    {
        await using var seen = Watch();

        await _runtime.ApplyAsync(WithSecret(Serving("a"), "keys", "token", optional: true), Ct);

        int pid = int.Parse(await AskWhoAsync((await ReadyAsync(seen, "a", 1)).Replicas[0].Address!), CultureInfo.InvariantCulture);
        Assert.DoesNotContain("\0TOKEN=", $"\0{await File.ReadAllTextAsync($"/proc/{pid}/environ", Ct)}");
    }

    [Fact]
    public async Task An_accelerator_is_one_replicas_alone_until_its_run_ended()
    {
        _accelerators = [new Accelerator("NVIDIA", "nvidia.com/gpu", "H200", null, "GPU-a"), new Accelerator("NVIDIA", "nvidia.com/gpu", "H200", null, "GPU-b")];
        await using var seen = Watch();
        var both = Serving("a") with { Resources = new WorkloadResources(null, null, new AcceleratorShare("nvidia.com/gpu", 2, null)) };
        await _runtime.ApplyAsync(both, Ct);
        Assert.Equal("GPU-a,GPU-b", await VariableAsync((await ReadyAsync(seen, "a", 1)).Replicas[0].Address!, "CUDA_VISIBLE_DEVICES"));

        await _runtime.ApplyAsync(both with { Key = new WorkloadKey("default", "b") }, Ct);
        await _runtime.ApplyAsync(Serving("none"), Ct);

        var waiting = await seen.UntilAsync("b", s => s.Replicas is [{ Phase: ReplicaPhase.Waiting }]);
        Assert.Equal("it needs 2 nvidia.com/gpu, and 0 of 2 are free: default/a/a-0 has 2", waiting.Replicas[0].Message);
        Assert.Equal("", await VariableAsync((await ReadyAsync(seen, "none", 1)).Replicas[0].Address!, "CUDA_VISIBLE_DEVICES"));
        await _runtime.DeleteAsync(both.Key, Ct);
        Assert.Equal("GPU-a,GPU-b", await VariableAsync((await ReadyAsync(seen, "b", 1)).Replicas[0].Address!, "CUDA_VISIBLE_DEVICES"));
    }

    [Fact]
    public async Task A_replica_that_wants_too_much_memory_says_so_in_state_and_pod()
    {
        Assert.SkipUnless(Program.ThisMachine.Has("memory"), "this user can make no control group for memory here");
        await using var seen = Watch();

        await _runtime.ApplyAsync(
            Serving("a") with { Process = new ProcessTemplate { Command = ["sh", "-c", "exec tail /dev/zero", "$(SOCKET)"] }, Resources = new WorkloadResources(64 << 20, null, null) }, Ct);

        var killed = await seen.UntilAsync("a", s => s.Replicas is [{ LastExit: not null, Phase: ReplicaPhase.Waiting }]);
        Assert.Equal((null, 9, "OOMKilled"), (killed.Replicas[0].LastExit!.Code, killed.Replicas[0].LastExit!.Signal, killed.Replicas[0].LastExit!.Reason));
        Assert.StartsWith("killed because it wanted more memory than its limit of 64 MiB", killed.Replicas[0].Message);
        var pod = await PodAsync("a-0", p => p.Status?.ContainerStatuses?[0] is { LastState.Terminated: not null });
        Assert.Equal(("OOMKilled", 137), (pod.Status!.ContainerStatuses![0].LastState!.Terminated!.Reason, pod.Status.ContainerStatuses[0].LastState!.Terminated!.ExitCode));
    }

    [Fact]
    public async Task A_replica_that_does_not_become_ready_in_time_says_so()
    {
        await using var seen = Watch();

        await _runtime.ApplyAsync(Serving("a", fault: ServerFault.NeverHealthy), Ct);

        var late = await seen.UntilAsync("a", s => s.Replicas is [{ Phase: ReplicaPhase.Waiting }]);
        Assert.StartsWith("not ready within 2 s: GET /health was answered 503", late.Replicas[0].Message);
    }

    [Fact]
    public async Task A_frozen_replica_on_a_port_is_replaced()
    {
        await using var seen = Watch();
        await _runtime.ApplyAsync(Serving("a") with { Process = new ProcessTemplate { Command = ["orrery", "serve", "--port", "$(PORT)"] } }, Ct);
        var before = await ReadyAsync(seen, "a", 1);

        await FreezeAsync(before.Replicas[0].Address!);

        await seen.UntilAsync("a", s => s.Ready == 1 && s.Replicas is [var only] && only.Name != before.Replicas[0].Name);
    }

    [Fact]
    public async Task Draining_lets_each_replica_finish_within_its_own_time()
    {
        await using var seen = Watch();
        // Takes a second longer than a supervisor grants to those that are not drained.
        await _runtime.ApplyAsync(
            Serving("a") with { Process = new ProcessTemplate { Command = ["orrery", "serve", "--socket", "$(SOCKET)", "--stop-after", "3"] }, DrainTimeout = TimeSpan.FromSeconds(30) }, Ct);
        await ReadyAsync(seen, "a", 1);

        await _runtime.DrainAsync(Ct);

        Assert.Equal(["serving", "asked to stop", "done"], (await LogAsync("a")).Where(l => l != "and complaining"));
        Assert.Empty(await SlicesAsync("a"));
        Assert.IsType<ApplyOutcome.Refused>(await _runtime.ApplyAsync(Serving("b"), Ct));
    }

    [Fact]
    public async Task Draining_ends_at_once_when_told_to()
    {
        await using var seen = Watch();
        await _runtime.ApplyAsync(
            Serving("a") with { Process = new ProcessTemplate { Command = ["orrery", "serve", "--socket", "$(SOCKET)", "--stop-after", "300"] }, DrainTimeout = TimeSpan.FromMinutes(5) }, Ct);
        int pid = int.Parse(await AskWhoAsync((await ReadyAsync(seen, "a", 1)).Replicas[0].Address!), CultureInfo.InvariantCulture);
        using var atOnce = new CancellationTokenSource();
        var draining = _runtime.DrainAsync(atOnce.Token);
        await Eventually.SeesAsync(async () => (await LogAsync("a")).Contains("asked to stop") ? "asked" : null, () => "not asked to stop");
        Assert.False(draining.IsCompleted);

        await atOnce.CancelAsync();
        await draining;
        await _runtime.DisposeAsync();

        Assert.True(ProcessTable.Find(pid) is null or { IsZombie: true });
    }

    private static Workload WithSecret(Workload workload, string secret, string key, bool optional = false)
        => workload with { Process = workload.Process! with { Env = [new WorkloadVariable("TOKEN", "", new SecretValue(secret, key, null, optional))] } };

    private async Task SecretAsync(string name, string key, string value)
        => (await _store.CreateAsync(
            Document.From(new Secret { Metadata = new Metadata { Name = name, Namespace = "default" }, Data = new Dictionary<string, string> { [key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value)) } }),
            Ct)).Stored();

    private async Task<string?> VariableAsync(string address, string name)
    {
        string environment = await File.ReadAllTextAsync($"/proc/{await AskWhoAsync(address)}/environ", Ct);
        return environment.Split('\0').FirstOrDefault(v => v.StartsWith($"{name}=", StringComparison.Ordinal))?[(name.Length + 1)..];
    }
}
