using Orrery.Local.Workloads.Pods;
using Orrery.Resources;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Tests;

/// <summary>Pods as a view of replicas.</summary>
public sealed partial class ProcessRuntimeTests
{
    [Fact]
    public async Task A_ready_replica_is_a_running_pod_of_its_owner()
    {
        await _runtime.ApplyAsync(Serving("a") with { Labels = new Dictionary<string, string> { ["team"] = "blue" } }, Ct);

        var pod = await PodAsync("a-0", p => Shown(p) == "1/1 Running 0");
        Assert.Equal(_owner.Uid, Assert.Single(pod.Metadata.OwnerReferences!).Uid);
        Assert.Equal(("blue", "a", "r1"), (pod.Metadata.Labels!["team"], pod.Metadata.Labels[Pod.WorkloadLabel], pod.Metadata.Labels[ReplicaPods.RevisionLabel]));
        Assert.Equal("machine", pod.Spec!.NodeName);
        Assert.Equal(["PodScheduled", "Initialized", "ContainersReady", "Ready"], pod.Status!.Conditions!.Where(c => c.Status == "True").Select(c => c.Type));
    }

    [Fact]
    public async Task A_killed_process_shows_as_a_restart_with_its_end()
    {
        await using var seen = Watch();
        await _runtime.ApplyAsync(Serving("a"), Ct);
        await KillAsync((await ReadyAsync(seen, "a", 1)).Replicas[0].Address!);

        var pod = await PodAsync("a-0", p => Shown(p) == "1/1 Running 1");

        var end = pod.Status!.ContainerStatuses![0].LastState!.Terminated!;
        Assert.Equal((137, 9, "Error"), (end.ExitCode, end.Signal, end.Reason));
    }

    [Fact]
    public async Task A_process_that_cannot_run_is_in_crash_loop_back_off_with_its_last_words()
    {
        await _runtime.ApplyAsync(Serving("a", fault: ServerFault.Crashes), Ct);

        var pod = await PodAsync("a-0", p => Shown(p).StartsWith("0/1 CrashLoopBackOff", StringComparison.Ordinal) && p.Status!.ContainerStatuses![0].RestartCount >= 1);

        var status = pod.Status!.ContainerStatuses![0];
        Assert.Equal(7, status.LastState!.Terminated!.ExitCode);
        Assert.Contains("cannot go on", status.State!.Waiting!.Message);
    }

    [Fact]
    public async Task A_deleted_pod_terminates_and_another_takes_its_place()
    {
        await using var seen = Watch();
        await _runtime.ApplyAsync(Serving("a"), Ct);
        string who = await AskWhoAsync((await ReadyAsync(seen, "a", 1)).Replicas[0].Address!);
        await PodAsync("a-0", p => Shown(p) == "1/1 Running 0");

        var deleted = (await _store.DeleteAsync(Pod.Kind.Key("default", "a-0"), Preconditions.None, Ct)).Stored();

        Assert.NotNull(deleted.Metadata.DeletionTimestamp);
        await PodAsync("a-1", p => Shown(p) == "1/1 Running 0");
        await Eventually.SeesAsync(async () => await _store.GetAsync(Pod.Kind.Key("default", "a-0"), Ct) is null ? "gone" : null, () => "a-0 is still there");
        var after = await ReadyAsync(seen, "a", 1);
        Assert.NotEqual(who, await AskWhoAsync(after.Replicas[0].Address!));
    }

    [Fact]
    public async Task Pods_go_with_their_workload_and_with_the_runtime()
    {
        await using var seen = Watch();
        await _runtime.ApplyAsync(Serving("a"), Ct);
        await _runtime.ApplyAsync(Serving("b"), Ct);
        await PodAsync("a-0", p => Shown(p) == "1/1 Running 0");
        await PodAsync("b-0", p => Shown(p) == "1/1 Running 0");

        await _runtime.DeleteAsync(new WorkloadKey("default", "a"), Ct);
        await seen.UntilAsync("a", s => s.Gone);
        Assert.Equal(["b-0"], (await _store.ListAsync<Pod>(null, Ct)).Select(p => p.Metadata.Name));

        await _runtime.DisposeAsync();
        Assert.Empty(await _store.ListAsync<Pod>(null, Ct));
    }

    [Fact]
    public async Task Pods_of_an_earlier_run_are_removed_at_the_start()
    {
        await _runtime.DisposeAsync();
        var metadata = new Metadata
        {
            Name = "x-0", Namespace = "default", Finalizers = [ReplicaPods.Finalizer], OwnerReferences = [_owner],
            Labels = new Dictionary<string, string> { [ReplicaPods.ManagedByLabel] = ReplicaPods.ManagedBy },
        };
        (await _store.CreateAsync(Document.From(new Pod { Metadata = metadata }), Ct)).Stored();
        (await _store.CreateAsync(Document.From(new Pod { Metadata = metadata with { Name = "x-1" } }), Ct)).Stored();
        await _store.DeleteAsync(Pod.Kind.Key("default", "x-1"), Preconditions.None, Ct);

        _runtime = await StartAsync();

        Assert.Empty(await _store.ListAsync<Pod>(null, Ct));
    }

    [Fact]
    public async Task A_replica_that_goes_on_as_before_is_not_written_again()
    {
        await using var seen = Watch();
        await _runtime.ApplyAsync(Serving("a"), Ct);
        var before = await PodAsync("a-0", p => Shown(p) == "1/1 Running 0");

        // Each makes the loop look again at all of it.
        for (int i = 0; i < 3; i++)
            await _runtime.ApplyAsync(Serving("a"), Ct);
        await _runtime.ApplyAsync(Serving("a", replicas: 2), Ct);
        await ReadyAsync(seen, "a", 2);

        Assert.Equal(before.Metadata.ResourceVersion, (await _store.GetAsync<Pod>("default", "a-0", Ct))!.Metadata.ResourceVersion);
    }

    private Task<Pod> PodAsync(string name, Func<Pod, bool> wanted)
    {
        Pod? last = null;
        return Eventually.SeesAsync(
            async () => (last = await _store.GetAsync<Pod>("default", name, Ct)) is { } pod && wanted(pod) ? pod : null,
            () => last is null ? $"no pod {name}" : $"{name}: {Shown(last)}");
    }

    /// <summary>READY, STATUS and RESTARTS as <c>kubectl get pods</c> prints them.</summary>
    private static string Shown(Pod pod)
        => string.Join(' ', Pod.Kind.Printed.Where(c => c.Name is "Ready" or "Status" or "Restarts").Select(c => c.Text(Document.From(pod).ToJson())));
}
