using Microsoft.Extensions.Logging.Abstractions;
using Orrery.Control.Residency;
using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Tests.Residency;

public sealed class ResidencyBoardTests
{
    private static readonly ResourceKey A = InferenceService.Kind.Key("default", "a"), B = InferenceService.Kind.Key("default", "b");

    private readonly ManualTime _time = new();
    private readonly DemandMeter _demand;

    public ResidencyBoardTests() => _demand = new DemandMeter(_time);

    [Fact]
    public async Task An_idle_service_is_told_to_go_and_the_waiting_one_that_it_may_come()
    {
        var board = new ResidencyBoard(_demand, _time, 10);
        Assert.Equal(1, board.Observe(Seen(A, 8) with { Running = 1, Ready = 1 }).Grant.Replicas);
        _time.Advance(TimeSpan.FromMinutes(1));
        await using var changes = board.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await changes.MoveNextAsync());

        using var request = _demand.Enter(B);
        Assert.Equal(GrantOutcome.WaitingForMemory, board.Observe(Seen(B, 5)).Grant.Outcome);
        Assert.True(await changes.MoveNextAsync());
        Assert.Equal(A, changes.Current);
        Assert.Equal((0, GrantOutcome.Evicted), Of(board.Observe(Seen(A, 8) with { Running = 1, Ready = 1 })));

        Assert.Equal((0, GrantOutcome.Evicted), Of(board.Observe(Seen(A, 8))));
        Assert.True(await changes.MoveNextAsync());
        Assert.Equal(B, changes.Current);
        Assert.Equal((1, GrantOutcome.Granted), Of(board.Observe(Seen(B, 5))));
    }

    [Fact]
    public void A_replica_that_was_granted_and_not_reported_yet_takes_its_memory_until_the_runtime_says_otherwise()
    {
        var board = new ResidencyBoard(_demand, _time, 10, new ResidencyOptions { MinResidence = TimeSpan.Zero });
        object first = new(), second = new();
        using (_demand.Enter(A))
            Assert.Equal(1, board.Observe(Seen(A, 8) with { Report = first }).Grant.Replicas);

        using var request = _demand.Enter(B);
        Assert.Equal((0, GrantOutcome.WaitingForMemory), Of(board.Observe(Seen(B, 5))));
        Assert.Equal(0, board.Observe(Seen(A, 8) with { Report = first }).Grant.Replicas);
        Assert.Equal((0, GrantOutcome.WaitingForMemory), Of(board.Observe(Seen(B, 5))));
        board.Observe(Seen(A, 8) with { Report = second });

        Assert.Equal((1, GrantOutcome.Granted), Of(board.Observe(Seen(B, 5))));
    }

    [Fact]
    public void Whether_a_service_serves_is_asked_at_the_decision()
    {
        var board = new ResidencyBoard(_demand, _time, 10);
        board.Observe(Seen(A, 8) with { Running = 1, Ready = 1 });
        _time.Advance(TimeSpan.FromMinutes(1));

        using var its = _demand.Enter(A);
        its.Start();
        using var request = _demand.Enter(B);

        Assert.Equal(GrantOutcome.WaitingForMemory, board.Observe(Seen(B, 5)).Grant.Outcome);
        Assert.Equal((1, GrantOutcome.Granted), Of(board.Observe(Seen(A, 8) with { Running = 1, Ready = 1 })));
    }

    [Fact]
    public void What_was_measured_counts_from_then_on_and_noise_changes_nothing()
    {
        var board = new ResidencyBoard(_demand, _time, 1000);
        board.Observe(Seen(A, 100) with { Running = 1, Ready = 1, Pinned = true });
        using var request = _demand.Enter(B);
        board.Measured([Usage("a-engine", 700)]);
        Assert.Equal(100, board.Observe(Seen(B, 400)).Grant.MissingBytes);

        board.Measured([Usage("a-engine", 720)]);
        Assert.Equal(100, board.Observe(Seen(B, 400)).Grant.MissingBytes);

        board.Measured([Usage("a-engine", 500), Usage("a-router", 80)]);
        Assert.Equal(GrantOutcome.Granted, board.Observe(Seen(B, 400)).Grant.Outcome);
        Assert.Equal([500, 80], board.Usage(A).Select(u => u.MemoryBytes));
    }

    [Fact]
    public void A_replica_that_still_loads_counts_as_what_it_will_be()
    {
        var board = new ResidencyBoard(_demand, _time, 1000);
        board.Observe(Seen(A, 800) with { Running = 1, Pinned = true });
        board.Measured([Usage("a-engine", 50)]);
        using var request = _demand.Enter(B);

        Assert.Equal(GrantOutcome.WaitingForMemory, board.Observe(Seen(B, 400)).Grant.Outcome);
        board.Observe(Seen(A, 800) with { Running = 1, Ready = 1, Pinned = true });
        board.Measured([Usage("a-engine", 500)]);
        Assert.Equal(GrantOutcome.Granted, board.Observe(Seen(B, 400)).Grant.Outcome);
    }

    [Fact]
    public void Other_parts_count_as_foreseen_until_they_answer_and_were_measured()
    {
        var board = new ResidencyBoard(_demand, _time, 1000);
        var seen = Seen(A, 100) with { Running = 1, Ready = 1, Pinned = true, BesideForeseenBytes = 300, IsBesideUp = false };
        board.Observe(seen);
        using var request = _demand.Enter(B);
        Assert.Equal(100, board.Observe(Seen(B, 700)).Grant.MissingBytes);
        board.Measured([Usage("a-engine", 100), Usage("a-decoder", 50)]);
        Assert.Equal(100, board.Observe(Seen(B, 700)).Grant.MissingBytes);

        board.Observe(seen with { IsBesideUp = true });
        board.Measured([Usage("a-engine", 100), Usage("a-decoder", 50)]);

        Assert.Equal(GrantOutcome.Granted, board.Observe(Seen(B, 700)).Grant.Outcome);
    }

    [Fact]
    public void A_canary_counts_as_one_more_replica_and_is_told_so_while_it_waits()
    {
        var board = new ResidencyBoard(_demand, _time, 1000);
        var trying = Seen(A, 100) with { Wanted = 2, Extra = 1, Least = 2, Running = 2, Ready = 2, Pinned = true };
        Assert.Equal(2, board.Observe(trying).Grant.Replicas);
        board.Measured([Usage("a-engine", 300), Usage("a-canary", 400)]);
        using var request = _demand.Enter(B);
        Assert.Equal(100, board.Observe(Seen(B, 300)).Grant.MissingBytes);

        board.Measured([Usage("a-engine", 300), Usage("a-canary", 600)]);
        board.Observe(Seen(A, 100) with { Running = 1, Ready = 1, Pinned = true });
        var (grant, _) = board.Observe(trying with { Running = 1, Ready = 1 });

        Assert.Equal((1, GrantOutcome.Fewer), (grant.Replicas, grant.Outcome));
        Assert.StartsWith("one more replica for a change of the service takes", grant.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_measured_of_another_revision_is_forgotten()
    {
        var board = new ResidencyBoard(_demand, _time, 1000);
        board.Observe(Seen(A, 100) with { Running = 1, Ready = 1, Pinned = true });
        board.Measured([Usage("a-engine", 900)]);
        using var request = _demand.Enter(B);
        Assert.Equal(GrantOutcome.WaitingForMemory, board.Observe(Seen(B, 400)).Grant.Outcome);

        board.Observe(Seen(A, 100) with { Revision = "2", Running = 1, Ready = 1, Pinned = true });

        Assert.Equal(GrantOutcome.Granted, board.Observe(Seen(B, 400)).Grant.Outcome);
    }

    [Fact]
    public void A_forgotten_service_gives_its_memory_back()
    {
        var board = new ResidencyBoard(_demand, _time, 10);
        board.Observe(Seen(A, 8) with { Running = 1, Ready = 1, Pinned = true });
        using var request = _demand.Enter(B);
        board.Observe(Seen(B, 5));

        board.Forget(A);

        Assert.Equal((1, GrantOutcome.Granted), Of(board.Observe(Seen(B, 5))));
    }

    [Fact]
    public async Task Usage_is_read_every_two_seconds_while_something_runs()
    {
        var board = new ResidencyBoard(_demand, _time, 10);
        int reads = 0;
        var watch = new UsageWatch(
            _ => Interlocked.Increment(ref reads) == 1 ? throw new IOException("gone") : Task.FromResult<IReadOnlyList<ReplicaUsage>>([Usage("a-engine", 3)]), board, _time, NullLogger<UsageWatch>.Instance);
        using var stop = new CancellationTokenSource();
        var run = watch.RunAsync(stop.Token);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, reads);

        board.Observe(Seen(A, 8) with { Running = 1, Ready = 1 });
        for (int i = 1; i <= 3; i++)
        {
            await Eventually.TrueAsync(() => _time.Armed == 1, () => $"{_time.Armed} timers");
            _time.Advance(UsageWatch.Every);
            await Eventually.TrueAsync(() => reads == i, () => $"{reads} reads");
        }
        Assert.Equal([3], board.Usage(A).Select(u => u.MemoryBytes));

        board.Observe(Seen(A, 8) with { Wanted = 0 });
        _time.Advance(UsageWatch.Every);
        await Eventually.TrueAsync(() => reads == 4, () => $"{reads} reads");
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(4, reads);
        await stop.CancelAsync();
        await run;
    }

    [Theory]
    [InlineData("80%", 800)]
    [InlineData("12.5%", 125)]
    [InlineData("2Ki", 2048)]
    [InlineData("300", 300)]
    [InlineData("0%", null)]
    [InlineData("101%", null)]
    [InlineData("-3", null)]
    [InlineData("much", null)]
    [InlineData("", null)]
    public void A_budget_is_a_quantity_or_a_share(string text, int? bytes)
    {
        Assert.Equal(bytes, MemoryBudget.Parse(text)?.Bytes(1000));
        if (bytes is not null && text.EndsWith('%'))
            Assert.Null(MemoryBudget.Parse(text)!.Bytes(null));
    }

    private static ResidentService Seen(ResourceKey key, long bytes) => new(key, $"{key.Name}-engine", "1") { Wanted = 1, Least = key == A ? 0 : 1, ForeseenBytes = bytes };

    private static ReplicaUsage Usage(string workload, long bytes) => new(new WorkloadKey("default", workload), $"{workload}-0", bytes, TimeSpan.Zero);

    private static (int, GrantOutcome) Of((Grant Grant, TimeSpan? LookAgain) answer) => (answer.Grant.Replicas, answer.Grant.Outcome);
}
