using System.Collections.Concurrent;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;

namespace Orrery.Contracts;

/// <summary>What every workload runtime must do. A behaviour without a test here is not promised.</summary>
public abstract class WorkloadRuntimeContract
{
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract IWorkloadRuntime Runtime { get; }

    /// <summary>Where the runtime writes endpoint slices.</summary>
    protected abstract IResourceStore Store { get; }

    /// <summary>A server that becomes ready, or does not.</summary>
    protected abstract Workload Serving(string name, string revision = "r1", int replicas = 1, ServerFault fault = ServerFault.None);

    /// <summary>What tells one run of a server from another, asked of the server itself.</summary>
    protected abstract Task<string> AskWhoAsync(string address);

    /// <summary>Ends the server behind a replica from outside.</summary>
    protected abstract Task KillAsync(string address);

    /// <summary>Makes the server behind a replica stand still without ending it.</summary>
    protected abstract Task FreezeAsync(string address);

    public enum ServerFault
    {
        None,

        /// <summary>Says <c>cannot go on</c> and ends with code 7.</summary>
        Crashes,

        /// <summary>Is healthy but answers the first request with 500.</summary>
        RefusesFirstRequest,

        /// <summary>Is never healthy.</summary>
        NeverHealthy,
    }

    [Fact]
    public async Task An_applied_workload_becomes_a_ready_replica_that_answers()
    {
        await using var seen = Watch();

        await Runtime.ApplyAsync(Serving("a"), Ct);

        var replica = Assert.Single((await ReadyAsync(seen, "a", 1)).Replicas);
        Assert.Empty(replica.Message);
        Assert.Equal(0, replica.Restarts);
        Assert.NotEmpty(await AskWhoAsync(replica.Address!));
    }

    [Fact]
    public async Task Applying_the_same_again_restarts_nothing()
    {
        await using var seen = Watch();
        await Runtime.ApplyAsync(Serving("a"), Ct);
        string before = await AskWhoAsync((await ReadyAsync(seen, "a", 1)).Replicas[0].Address!);

        await Runtime.ApplyAsync(Serving("a"), Ct);
        await Runtime.ApplyAsync(Serving("a", replicas: 2), Ct);

        var both = await ReadyAsync(seen, "a", 2);
        Assert.Contains(before, await Task.WhenAll(both.Replicas.Select(r => AskWhoAsync(r.Address!))));
    }

    [Fact]
    public async Task A_new_revision_takes_over_without_a_moment_of_zero_ready()
    {
        await using var seen = Watch();
        await Runtime.ApplyAsync(Serving("a"), Ct);
        var old = await ReadyAsync(seen, "a", 1);
        await SliceAsync("a", ready: 1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var lowest = LowestReadyAsync("a", stop.Token);

        await Runtime.ApplyAsync(Serving("a", "r2"), Ct);
        var replaced = await seen.UntilAsync("a", s => s.Revision == "r2" && s.Ready == 1 && s.Replicas.Count == 1);

        Assert.NotEqual(old.Replicas[0].Name, replaced.Replicas[0].Name);
        await stop.CancelAsync();
        Assert.Equal(1, await lowest);
    }

    [Fact]
    public async Task A_new_revision_that_never_becomes_ready_leaves_the_old_one_serving()
    {
        await using var seen = Watch();
        await Runtime.ApplyAsync(Serving("a"), Ct);
        string before = await AskWhoAsync((await ReadyAsync(seen, "a", 1)).Replicas[0].Address!);

        await Runtime.ApplyAsync(Serving("a", "r2", fault: ServerFault.Crashes), Ct);

        var failing = await seen.UntilAsync("a", s => s.Replicas.Any(r => r.Revision == "r2" && r.Restarts >= 1));
        var old = Assert.Single(failing.Replicas, r => r.Revision == "r1");
        Assert.Equal(ReplicaPhase.Ready, old.Phase);
        Assert.Equal(before, await AskWhoAsync(old.Address!));
    }

    [Fact]
    public async Task Replicas_are_scaled_up_and_down_and_to_zero()
    {
        await using var seen = Watch();
        await Runtime.ApplyAsync(Serving("a", replicas: 2), Ct);
        await ReadyAsync(seen, "a", 2);
        await SliceAsync("a", ready: 2);

        await Runtime.ApplyAsync(Serving("a", replicas: 1), Ct);
        await ReadyAsync(seen, "a", 1);
        await SliceAsync("a", ready: 1);

        await Runtime.ApplyAsync(Serving("a", replicas: 0), Ct);
        await ReadyAsync(seen, "a", 0);
        await SliceAsync("a", ready: 0);
    }

    [Fact]
    public async Task A_killed_replica_is_started_again_and_counted()
    {
        await using var seen = Watch();
        await Runtime.ApplyAsync(Serving("a"), Ct);
        var before = await ReadyAsync(seen, "a", 1);
        string who = await AskWhoAsync(before.Replicas[0].Address!);

        await KillAsync(before.Replicas[0].Address!);

        var after = await seen.UntilAsync("a", s => s.Ready == 1 && s.Replicas[0].Restarts == 1);
        Assert.Equal(before.Replicas[0].Name, after.Replicas[0].Name);
        Assert.NotEqual(who, await AskWhoAsync(after.Replicas[0].Address!));
    }

    [Fact]
    public async Task A_replica_that_cannot_run_waits_longer_each_time_and_says_why()
    {
        await using var seen = Watch();

        await Runtime.ApplyAsync(Serving("a", fault: ServerFault.Crashes), Ct);

        var waiting = await seen.UntilAsync("a", s => s.Replicas is [{ Phase: ReplicaPhase.Waiting, Restarts: >= 2 }]);
        Assert.Contains("7", waiting.Replicas[0].Message);
        Assert.Contains("cannot go on", waiting.Replicas[0].Message);
        Assert.Null(waiting.Replicas[0].Address);
        await SliceAsync("a", ready: 0);
    }

    [Theory]
    [InlineData(ServerFault.RefusesFirstRequest, "500")]
    [InlineData(ServerFault.NeverHealthy, "503")]
    public async Task A_replica_that_does_not_answer_as_it_should_never_gets_traffic(ServerFault fault, string why)
    {
        await using var seen = Watch();

        await Runtime.ApplyAsync(Serving("a", fault: fault), Ct);

        var again = await seen.UntilAsync("a", s => s.Replicas is [{ Restarts: >= 1, Phase: ReplicaPhase.Stopping or ReplicaPhase.Waiting }]);
        Assert.Contains(why, again.Replicas[0].Message);
        Assert.DoesNotContain(seen.Of("a"), s => s.Ready > 0);
        await SliceAsync("a", ready: 0);
    }

    [Fact]
    public async Task A_frozen_replica_is_replaced()
    {
        await using var seen = Watch();
        await Runtime.ApplyAsync(Serving("a"), Ct);
        var before = await ReadyAsync(seen, "a", 1);
        string who = await AskWhoAsync(before.Replicas[0].Address!);

        await FreezeAsync(before.Replicas[0].Address!);

        var after = await seen.UntilAsync("a", s => s.Ready == 1 && s.Replicas is [var only] && only.Address != before.Replicas[0].Address);
        Assert.NotEqual(who, await AskWhoAsync(after.Replicas[0].Address!));
    }

    [Fact]
    public async Task A_deleted_workload_is_gone_with_its_slices()
    {
        await using var seen = Watch();
        await Runtime.ApplyAsync(Serving("a"), Ct);
        var replica = (await ReadyAsync(seen, "a", 1)).Replicas[0];

        await Runtime.DeleteAsync(new WorkloadKey("default", "a"), Ct);
        await Runtime.DeleteAsync(new WorkloadKey("default", "never-there"), Ct);

        Assert.Empty((await seen.UntilAsync("a", s => s.Gone)).Replicas);
        Assert.Empty(await SlicesAsync("a"));
        await Assert.ThrowsAnyAsync<Exception>(() => AskWhoAsync(replica.Address!));
    }

    [Fact]
    public async Task A_deleted_workload_can_be_applied_again()
    {
        await using var seen = Watch();
        await Runtime.ApplyAsync(Serving("a"), Ct);
        await ReadyAsync(seen, "a", 1);
        await Runtime.DeleteAsync(new WorkloadKey("default", "a"), Ct);
        await seen.UntilAsync("a", s => s.Gone);

        await Runtime.ApplyAsync(Serving("a"), Ct);

        var after = await seen.UntilAsync("a", s => !s.Gone && s.Ready == 1 && s.Replicas.Count == 1);
        Assert.NotEmpty(await AskWhoAsync(after.Replicas[0].Address!));
    }

    [Fact]
    public async Task Logs_give_what_replicas_wrote_from_the_end_and_onward()
    {
        await using var seen = Watch();
        await Runtime.ApplyAsync(Serving("a", fault: ServerFault.Crashes), Ct);
        await seen.UntilAsync("a", s => s.Replicas is [{ Restarts: >= 1 }]);
        var key = new WorkloadKey("default", "a");

        var line = await FirstAsync(Runtime.LogsAsync(key, new LogRequest(), Ct));
        Assert.Equal("cannot go on", line.Text);
        Assert.StartsWith("a-", line.Replica);

        var tail = new List<LogLine>();
        await foreach (var last in Runtime.LogsAsync(key, new LogRequest(TailLines: 1), Ct))
            tail.Add(last);
        Assert.NotEmpty(tail);

        // With nothing of the past, only a run still to come can give a line.
        Assert.Equal("cannot go on", (await FirstAsync(Runtime.LogsAsync(key, new LogRequest(Follow: true, TailLines: 0), Ct))).Text);

        await foreach (var _ in Runtime.LogsAsync(new WorkloadKey("default", "never-ran"), new LogRequest(), Ct))
            Assert.Fail("lines of a workload that never ran");
    }

    [Fact]
    public async Task Logs_are_chosen_by_replica_by_time_and_by_run()
    {
        await using var seen = Watch();
        await Runtime.ApplyAsync(Serving("a", fault: ServerFault.Crashes), Ct);
        // The last run may be stopped before it writes.
        var state = await seen.UntilAsync("a", s => s.Replicas is [{ Restarts: >= 3 }]);
        await Runtime.ApplyAsync(Serving("a", replicas: 0), Ct);
        await seen.UntilAsync("a", s => s is { Desired: 0, Replicas.Count: 0 });
        var key = new WorkloadKey("default", "a");
        string replica = state.Replicas[0].Name;

        var all = await LinesAsync(key, new LogRequest(Replica: replica));
        var last = await LinesAsync(key, new LogRequest(Replica: replica, Runs: LogRuns.Current));
        var before = await LinesAsync(key, new LogRequest(Replica: replica, Runs: LogRuns.Previous, TailLines: 5));

        Assert.True(all.Count >= 3, $"{all.Count} lines");
        // Each run writes one line; one that was stopped before it could has none.
        Assert.True(last.Count <= 1 && before.Count == 1);
        Assert.Equal(all[^(1 + last.Count)].Time, before[0].Time);
        Assert.Equal(all.Skip(1), await LinesAsync(key, new LogRequest(Since: all[1].Time)));
        Assert.Equal(all.TakeLast(1), await LinesAsync(key, new LogRequest(Since: all[1].Time, TailLines: 1)));
        Assert.Empty(await LinesAsync(key, new LogRequest(Since: all[^1].Time.AddTicks(1))));
        Assert.Empty(await LinesAsync(key, new LogRequest(Replica: "a-77")));
    }

    [Fact]
    public async Task Following_one_replica_ends_when_it_is_gone()
    {
        await using var seen = Watch();
        await Runtime.ApplyAsync(Serving("a"), Ct);
        string replica = (await ReadyAsync(seen, "a", 1)).Replicas[0].Name;
        var following = LinesAsync(new WorkloadKey("default", "a"), new LogRequest(Follow: true, Replica: replica));

        await Runtime.DeleteAsync(new WorkloadKey("default", "a"), Ct);

        await following.WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    [Fact]
    public async Task Slices_carry_the_owner_and_name_the_replicas()
    {
        await using var seen = Watch();
        var workload = Serving("a");

        await Runtime.ApplyAsync(workload, Ct);
        var state = await ReadyAsync(seen, "a", 1);

        var slice = await SliceAsync("a", ready: 1);
        Assert.Equal(workload.Owner.Uid, Assert.Single(slice.Metadata.OwnerReferences!).Uid);
        Assert.Equal(state.Replicas[0].Name, Assert.Single(slice.Endpoints!).TargetRef!.Name);
    }

    [Fact]
    public async Task A_replica_that_runs_is_measured_and_one_that_does_not_is_left_out()
    {
        await using var seen = Watch();
        await Runtime.ApplyAsync(Serving("a", replicas: 2), Ct);
        var state = await ReadyAsync(seen, "a", 2);

        var usage = await Runtime.UsageAsync(Ct);

        Assert.Equal(state.Replicas.Select(r => r.Name).Order(), usage.Where(u => u.Workload == state.Key).Select(u => u.Replica).Order());
        Assert.All(usage, u => Assert.True(u is { MemoryBytes: > 1 << 20, ProcessorTime.Ticks: > 0 }, $"{u}"));
        await Runtime.ApplyAsync(Serving("a", replicas: 0), Ct);
        await ReadyAsync(seen, "a", 0);
        Assert.Empty(await Runtime.UsageAsync(Ct));
    }

    [Fact]
    public async Task How_the_last_run_of_a_replica_ended_is_told()
    {
        await using var seen = Watch();
        await Runtime.ApplyAsync(Serving("a"), Ct);
        var before = await ReadyAsync(seen, "a", 1);
        Assert.Null(before.Replicas[0].LastExit);

        await KillAsync(before.Replicas[0].Address!);
        await Runtime.ApplyAsync(Serving("b", fault: ServerFault.Crashes), Ct);

        var killed = await seen.UntilAsync("a", s => s is { Ready: 1, Replicas: [{ Restarts: 1 }] });
        Assert.Equal((null, "Error"), (killed.Replicas[0].LastExit!.Code, killed.Replicas[0].LastExit!.Reason));
        var crashed = await seen.UntilAsync("b", s => s.Replicas is [{ Restarts: >= 1, LastExit: not null }]);
        Assert.Equal((7, null, "Error"), (crashed.Replicas[0].LastExit!.Code, crashed.Replicas[0].LastExit!.Signal, crashed.Replicas[0].LastExit!.Reason));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(2, 1)]
    public async Task A_rollout_keeps_to_its_bounds(int surge, int unavailable)
    {
        await using var seen = Watch();
        await Runtime.ApplyAsync(Serving("a", replicas: 2) with { MaxSurge = surge, MaxUnavailable = unavailable }, Ct);
        await ReadyAsync(seen, "a", 2);

        await Runtime.ApplyAsync(Serving("a", "r2", replicas: 2) with { MaxSurge = surge, MaxUnavailable = unavailable }, Ct);

        await seen.UntilAsync("a", s => s.Revision == "r2" && s.Ready == 2 && s.Replicas.Count == 2);
        var rollout = seen.Of("a").SkipWhile(s => s.Revision == "r1").ToList();
        Assert.All(rollout, s => Assert.InRange(s.Replicas.Count, 2 - unavailable, 2 + surge));
        Assert.All(rollout, s => Assert.True(s.Replicas.Count(r => r.Phase == ReplicaPhase.Ready) >= 2 - unavailable, $"{s} {string.Join(", ", s.Replicas)}"));
    }

    [Fact]
    public async Task A_paused_rollout_leaves_what_runs_and_makes_only_new_ones_anew()
    {
        await using var seen = Watch();
        await Runtime.ApplyAsync(Serving("a"), Ct);
        string before = (await ReadyAsync(seen, "a", 1)).Replicas[0].Name;

        await Runtime.ApplyAsync(Serving("a", "r2", replicas: 2) with { Paused = true }, Ct);
        var mixed = await seen.UntilAsync("a", s => s.Replicas.Count == 2 && s.Replicas.All(r => r.Phase == ReplicaPhase.Ready));
        Assert.Equal([(before, "r1")], mixed.Replicas.Where(r => r.Revision == "r1").Select(r => (r.Name, r.Revision)));

        await Runtime.ApplyAsync(Serving("a", "r2", replicas: 2), Ct);
        await seen.UntilAsync("a", s => s.Ready == 2 && s.Replicas.Count == 2);
    }

    [Fact]
    public async Task A_late_watcher_gets_the_state_first()
    {
        await using var seen = Watch();
        await Runtime.ApplyAsync(Serving("a"), Ct);
        await ReadyAsync(seen, "a", 1);

        await using var late = Watch();

        await ReadyAsync(late, "a", 1);
    }

    protected Seen Watch() => new(Runtime);

    protected static Task<WorkloadState> ReadyAsync(Seen seen, string name, int count)
        => seen.UntilAsync(name, s => !s.Gone && s.Desired == count && s.Ready == count && s.Replicas.Count == count);

    /// <summary>The slice once so many endpoints in it are ready.</summary>
    protected Task<EndpointSlice> SliceAsync(string workload, int ready)
    {
        int last = -1;
        return Eventually.SeesAsync(
            async () =>
            {
                var slices = await SlicesAsync(workload);
                last = slices.Sum(ReadyIn);
                return last == ready ? slices.FirstOrDefault() ?? new EndpointSlice() : null;
            },
            () => $"{last} ready endpoints, {ready} expected");
    }

    protected async Task<List<EndpointSlice>> SlicesAsync(string workload)
        => [.. (await Store.ListAsync<EndpointSlice>("default", Ct)).Where(s => s.Metadata.Labels?.GetValueOrDefault(EndpointSlice.ServiceNameLabel) == workload)];

    private static int ReadyIn(EndpointSlice slice) => slice.Endpoints?.Count(e => e.Conditions?.Ready != false) ?? 0;

    private async Task<int> LowestReadyAsync(string workload, CancellationToken ct)
    {
        int lowest = int.MaxValue;
        // A replica on a port has a slice of its own.
        var ready = new Dictionary<string, int>();
        try
        {
            await foreach (var change in Store.WatchAsync(EndpointSlice.Kind, "default", null, ct))
            {
                var slice = change switch
                {
                    WatchEvent.Added added => added.Document.As<EndpointSlice>(),
                    WatchEvent.Modified modified => modified.Document.As<EndpointSlice>(),
                    _ => new EndpointSlice(),
                };
                if (slice.Metadata.Labels?.GetValueOrDefault(EndpointSlice.ServiceNameLabel) == workload)
                {
                    ready[slice.Metadata.Name!] = ReadyIn(slice);
                    // From the first that is ready on.
                    if (lowest < int.MaxValue || ready.Values.Sum() > 0)
                        lowest = Math.Min(lowest, ready.Values.Sum());
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Enough seen.
        }
        return lowest;
    }

    private async Task<List<LogLine>> LinesAsync(WorkloadKey key, LogRequest request)
    {
        var lines = new List<LogLine>();
        await foreach (var line in Runtime.LogsAsync(key, request, Ct))
            lines.Add(line);
        return lines;
    }

    private static async Task<LogLine> FirstAsync(IAsyncEnumerable<LogLine> lines)
    {
        await using var enumerator = lines.GetAsyncEnumerator(Ct);
        Assert.True(await enumerator.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct), "no line");
        return enumerator.Current;
    }

    /// <summary>Everything that a watch told.</summary>
    protected sealed class Seen : IAsyncDisposable
    {
        private readonly ConcurrentQueue<WorkloadState> _states = new();
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        private readonly Task _watching;

        public Seen(IWorkloadRuntime runtime)
        {
            _watching = Task.Run(async () =>
            {
                await foreach (var state in runtime.WatchAsync(_stop.Token))
                    _states.Enqueue(state);
            });
        }

        public IEnumerable<WorkloadState> Of(string name) => _states.Where(s => s.Key.Name == name);

        /// <summary>The latest state of the workload, once it is as wanted.</summary>
        public Task<WorkloadState> UntilAsync(string name, Func<WorkloadState, bool> wanted)
            => Eventually.SeesAsync(
                () => Task.FromResult(Of(name).LastOrDefault() is { } last && wanted(last) ? last : null),
                () => string.Join('\n', Of(name).TakeLast(3).Select(s => $"{s} {string.Join(", ", s.Replicas)}")));

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _watching.ContinueWith(_ => { }, TaskScheduler.Default);
            _stop.Dispose();
        }
    }
}
