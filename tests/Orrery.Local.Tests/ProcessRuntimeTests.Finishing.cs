using Orrery.Resources.Workloads;

namespace Orrery.Local.Tests;

/// <summary>Servers that would drop what they do at TERM get it when they have nothing to do.</summary>
public sealed partial class ProcessRuntimeTests
{
    [Fact]
    public async Task A_server_that_is_not_ours_is_told_to_stop_when_it_has_finished_its_answers()
    {
        await using var seen = Watch();
        await _runtime.ApplyAsync(Foreign(drain: TimeSpan.FromMinutes(5)), Ct);
        string address = (await ReadyAsync(seen, "a", 1)).Replicas[0].Address!;
        _working[address["http://".Length..]] = 1;

        await _runtime.ApplyAsync(Foreign(drain: TimeSpan.FromMinutes(5)) with { Replicas = 0 }, Ct);

        // The gateway knows, and the server does not.
        await SliceAsync("a", ready: 0);
        await seen.UntilAsync("a", s => s.Replicas is [{ Phase: ReplicaPhase.Stopping }]);
        Assert.NotEmpty(await AskWhoAsync(address));
        Assert.DoesNotContain("asked to stop", await LogAsync("a"));

        _working.Clear();
        await seen.UntilAsync("a", s => s.Replicas.Count == 0);
        Assert.Contains("asked to stop", await LogAsync("a"));
    }

    [Fact]
    public async Task A_server_that_is_not_ours_and_never_finishes_is_told_to_stop_all_the_same()
    {
        await using var seen = Watch();
        await _runtime.ApplyAsync(Foreign(drain: TimeSpan.FromSeconds(1)), Ct);
        _working[(await ReadyAsync(seen, "a", 1)).Replicas[0].Address!["http://".Length..]] = 1;

        await _runtime.DeleteAsync(new WorkloadKey("default", "a"), Ct);

        await seen.UntilAsync("a", s => s.Gone);
    }

    [Theory]
    [InlineData("vllm",   30, 0,  0, false, 30)]
    [InlineData("vllm",   30, 0,  1, true,  30)]
    [InlineData("vllm",   30, 28, 1, true,  2)]
    [InlineData("vllm",   30, 29, 1, false, 1)]
    [InlineData("vllm",   30, 90, 1, false, 1)]
    [InlineData("vllm",   0,  0,  1, false, 0)]
    [InlineData("orrery", 30, 0,  1, false, 30)]
    public void Finishing_and_ending_take_no_longer_than_the_time_to_drain(string program, int drain, int since, int inFlight, bool waits, int grace)
    {
        var workload = Serving("a") with { Process = new ProcessTemplate { Command = [program, "$(PORT)"] }, DrainTimeout = TimeSpan.FromSeconds(drain) };

        Assert.Equal(waits, Workloads.Finishing.Waits(workload, TimeSpan.FromSeconds(since), inFlight));
        Assert.Equal(TimeSpan.FromSeconds(grace), Workloads.Finishing.Grace(workload, TimeSpan.FromSeconds(since)));
    }

    private Workload Foreign(TimeSpan drain)
        => Serving("a") with { Process = new ProcessTemplate { Command = [.. Program.Command, "serve", "--port", "$(PORT)"] }, DrainTimeout = drain };
}
