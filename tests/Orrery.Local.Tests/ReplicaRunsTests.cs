using Microsoft.Extensions.Logging.Abstractions;
using Orrery.Local.Containers;
using Orrery.Local.Home;
using Orrery.Local.Supervision;
using Orrery.Local.Workloads;
using Orrery.Resources;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Tests;

public sealed class ReplicaRunsTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ResourceStore _store = new(new MemoryChangeLog(), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_replica_is_told_to_stop_once_somebody_took_the_word()
    {
        var home = HomeFolder.Open(_folder.File("home"));
        await using var nobody = new SupervisorClient(["no-such-program"], TimeProvider.System, NullLogger.Instance);
        var options = new ProcessRuntimeOptions { Home = home, Orrery = ["orrery"] };
        var containers = new ContainerParts(
            new EngineFinder(options.Containers, TimeProvider.System), new ContainerImages(ToolCall.RunAsync, TimeProvider.System, CancellationToken.None),
            new ContainerRecords(home.Run, ToolCall.RunAsync, NullLogger.Instance));
        var parts = new RuntimeParts(options, _store, nobody, new WorkloadStates(), containers, TimeProvider.System, NullLogger.Instance);
        var workload = new Workload
        {
            Key = new WorkloadKey("default", "w"), Owner = new OwnerReference(), Revision = "1", Replicas = 1, Probe = new Probe(), Process = new ProcessTemplate { Command = ["x", "$(PORT)"] },
        };
        var runs = new ReplicaRuns(parts, new WorkloadFolders(home, workload.Key), _ => { }, CancellationToken.None);
        var running = new Replica("w-0", workload) { RunId = "default/w/w-0/1" };
        var ended = new Replica("w-1", workload);

        runs.Stop(running);
        runs.Stop(ended);

        Assert.False(running.IsToldToStop);
        Assert.True(ended.IsToldToStop);
    }
}
