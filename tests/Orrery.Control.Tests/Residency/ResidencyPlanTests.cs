using Orrery.Control.Residency;
using Orrery.Resources;
using Orrery.Resources.Serving;

namespace Orrery.Control.Tests.Residency;

public sealed class ResidencyPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_has_room_is_granted()
    {
        var grants = Decide(10, Calling("a", 4), Calling("b", 6));

        Assert.Equal([1, 1], grants.Values.Select(g => g.Replicas));
    }

    [Fact]
    public void Measured_bytes_go_before_foreseen_ones()
    {
        Assert.Equal(GrantOutcome.WaitingForMemory, Decide(10, Idle("a", 8) with { Pinned = true }, Calling("b", 4))[Key("b")].Outcome);
        Assert.Equal(GrantOutcome.Granted, Decide(10, Idle("a", 8) with { MeasuredBytes = 3, Pinned = true }, Calling("b", 4))[Key("b")].Outcome);
        Assert.Equal(GrantOutcome.WaitingForMemory, Decide(10, Idle("a", 8) with { MeasuredBytes = 9, Pinned = true }, Calling("b", 2))[Key("b")].Outcome);
    }

    [Fact]
    public void The_least_recently_used_idle_one_goes_and_what_it_takes_is_given_when_it_is_gone()
    {
        var old = Idle("old", 5) with { LastUsed = Now.AddMinutes(-9) };
        var recent = Idle("recent", 5) with { LastUsed = Now.AddMinutes(-8) };

        var first = Decide(10, old, recent, Calling("new", 5));

        Assert.Equal((0, GrantOutcome.Evicted), (first[Key("old")].Replicas, first[Key("old")].Outcome));
        Assert.Contains("default/new", first[Key("old")].Message, StringComparison.Ordinal);
        Assert.Equal(1, first[Key("recent")].Replicas);
        // The old one's process still has its memory.
        Assert.Equal((0, GrantOutcome.WaitingForMemory, 0), (first[Key("new")].Replicas, first[Key("new")].Outcome, first[Key("new")].MissingBytes));

        var second = Decide(10, old with { Granted = 0, Running = 0, EvictedFor = Key("new") }, recent, Calling("new", 5));

        Assert.Equal(1, second[Key("new")].Replicas);
        Assert.Equal(GrantOutcome.Evicted, second[Key("old")].Outcome);
    }

    [Fact]
    public void Room_that_is_being_made_is_not_taken_by_who_comes_later()
    {
        var grants = Decide(10, Idle("old", 8) with { Granted = 0, Running = 1, Wanted = 0 }, Calling("first", 8) with { WaitingSince = Now.AddSeconds(-2) }, Calling("later", 2));

        Assert.Equal([0, 0, 1], [grants[Key("old")].Replicas, grants[Key("first")].Replicas, grants[Key("later")].Replicas]);
        grants = Decide(10, Idle("old", 8) with { Granted = 0, Running = 1, Wanted = 0 }, Calling("first", 8) with { WaitingSince = Now.AddSeconds(-2) }, Calling("later", 3));
        Assert.Equal(GrantOutcome.WaitingForMemory, grants[Key("later")].Outcome);
    }

    [Theory]
    [InlineData("one that serves")]
    [InlineData("one that is pinned")]
    [InlineData("one of a higher priority")]
    [InlineData("one that just came")]
    public void These_stay(string which)
    {
        var resident = Idle("resident", 8) with { LastUsed = Now.AddHours(-1) };
        resident = which switch
        {
            "one that serves" => resident with { Requests = 1, Priority = -1 },
            "one that is pinned" => resident with { Pinned = true, Priority = -1 },
            "one of a higher priority" => resident with { Priority = 1 },
            _ => resident with { ResidentSince = Now.AddSeconds(-4), LastUsed = Now.AddSeconds(-4) },
        };

        var grants = Decide(10, resident, Calling("new", 5));

        Assert.Equal(1, grants[Key("resident")].Replicas);
        Assert.Equal((GrantOutcome.WaitingForMemory, 3), (grants[Key("new")].Outcome, grants[Key("new")].MissingBytes));
        Assert.Contains("default/resident", grants[Key("new")].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_just_came_is_looked_at_again_when_it_may_go()
    {
        var resident = Idle("resident", 8) with { ResidentSince = Now.AddSeconds(-4), LastUsed = Now.AddSeconds(-1) };

        Assert.Equal(TimeSpan.FromSeconds(1), ResidencyPlan.Decide([resident, Calling("new", 5)], 10, Now, ResidencyOptions.Default).LookAgain);
    }

    [Fact]
    public void The_lowest_priority_goes_first_however_recently_it_was_used()
    {
        var grants = Decide(10, Idle("a", 5) with { Priority = 0, LastUsed = Now.AddHours(-1) }, Idle("b", 5) with { Priority = -1 }, Calling("new", 5));

        Assert.Equal((1, 0), (grants[Key("a")].Replicas, grants[Key("b")].Replicas));
    }

    [Fact]
    public void Only_as_many_go_as_are_needed()
    {
        var grants = Decide(
            20, Idle("small", 2) with { LastUsed = Now.AddMinutes(-9) }, Idle("large", 9) with { LastUsed = Now.AddMinutes(-8) }, Idle("other", 9) with { LastUsed = Now.AddMinutes(-7) }, Calling("new", 8));

        Assert.Equal((1, 0, 1), (grants[Key("small")].Replicas, grants[Key("large")].Replicas, grants[Key("other")].Replicas));
        Assert.Equal(2, Decide(10, Idle("several", 3) with { Wanted = 3, Running = 3, Granted = 3 }, Calling("new", 4))[Key("several")].Replicas);
    }

    [Fact]
    public void Nobody_goes_where_that_would_not_suffice()
    {
        var grants = Decide(10, Idle("idle", 4), Idle("serves", 6) with { Requests = 3 }, Calling("new", 7));

        Assert.Equal(1, grants[Key("idle")].Replicas);
        Assert.Equal(7, grants[Key("new")].MissingBytes);
    }

    [Fact]
    public void Larger_than_the_whole_budget_is_refused_with_the_figures_and_stands_in_nobodys_way()
    {
        var grants = Decide(10L << 30, Calling("huge", 11L << 30) with { WaitingSince = Now.AddHours(-1), Overtaken = 100 }, Calling("small", 5L << 30));

        Assert.Equal(GrantOutcome.TooLarge, grants[Key("huge")].Outcome);
        Assert.Contains("11 GiB", grants[Key("huge")].Message, StringComparison.Ordinal);
        Assert.Contains("10 GiB", grants[Key("huge")].Message, StringComparison.Ordinal);
        Assert.Equal(1, grants[Key("small")].Replicas);
    }

    [Fact]
    public void Those_that_grew_above_the_budget_lose_idle_ones_and_where_none_is_idle_it_is_said()
    {
        var grants = Decide(10, Idle("idle", 2), Idle("serves", 4) with { MeasuredBytes = 9, Requests = 1 });
        Assert.Equal((0, 1), (grants[Key("idle")].Replicas, grants[Key("serves")].Replicas));

        grants = Decide(10, Idle("a", 4) with { MeasuredBytes = 6, Requests = 1 }, Idle("b", 4) with { MeasuredBytes = 6, Requests = 1 });
        Assert.All(grants.Values, g => Assert.Equal((1, GrantOutcome.OverBudget), (g.Replicas, g.Outcome)));
    }

    [Fact]
    public void Priority_then_time_is_the_order_of_the_line()
    {
        var waiting = Calling("early", 6) with { WaitingSince = Now.AddSeconds(-9) };
        var late = Calling("late", 6) with { WaitingSince = Now.AddSeconds(-1) };

        Assert.Equal((1, 0), Two(Decide(10, late, waiting), "early", "late"));
        Assert.Equal((0, 1), Two(Decide(10, late with { Priority = 1 }, waiting), "early", "late"));
    }

    [Fact]
    public void A_smaller_one_overtakes_only_so_often_and_then_all_that_gets_free_is_kept()
    {
        var large = Calling("large", 8) with { WaitingSince = Now.AddSeconds(-9) };
        var serves = Idle("serves", 6) with { Requests = 1 };

        var grants = Decide(10, serves, large, Calling("small", 3));
        Assert.Equal((0, 1), Two(grants, "large", "small"));
        Assert.Equal(1, grants[Key("large")].Overtaken);

        grants = Decide(10, serves, large with { Overtaken = 8 }, Calling("small", 3));
        Assert.Equal((0, 0), Two(grants, "large", "small"));
        Assert.Contains("default/large", grants[Key("small")].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_has_waited_for_long_is_given_what_gets_idle_piece_by_piece()
    {
        var large = Calling("large", 8) with { WaitingSince = Now.AddSeconds(-9) };
        var (idle, serves) = (Idle("idle", 3), Idle("serves", 6) with { Requests = 1 });

        Assert.Equal(1, Decide(10, serves, idle, large)[Key("idle")].Replicas);
        Assert.Equal(TimeSpan.FromSeconds(1), ResidencyPlan.Decide([serves, idle, large], 10, Now, ResidencyOptions.Default).LookAgain);
        Assert.Equal(0, Decide(10, serves, idle, large with { WaitingSince = Now.AddSeconds(-10) })[Key("idle")].Replicas);
    }

    [Fact]
    public void One_that_could_never_have_it_is_overtaken_for_ever()
    {
        var pinned = Idle("pinned", 6) with { Pinned = true };

        Assert.Equal((0, 1), Two(Decide(10, pinned, Calling("large", 8) with { WaitingSince = Now.AddSeconds(-9), Overtaken = 100 }, Calling("small", 3)), "large", "small"));
    }

    [Fact]
    public void Replicas_that_nobody_uses_and_further_ones_take_free_room_but_stop_nobody_of_their_priority()
    {
        var resting = new Tenant(Key("resting")) { Wanted = 1, Least = 1, ForeseenBytes = 5 };
        var growing = Idle("growing", 5) with { Wanted = 3, Requests = 20 };

        Assert.Equal(GrantOutcome.WaitingForMemory, Decide(10, Idle("idle", 8), resting)[Key("resting")].Outcome);
        Assert.Equal(0, Decide(10, Idle("idle", 8), resting with { Priority = 1 })[Key("idle")].Replicas);
        Assert.Equal((1, GrantOutcome.Fewer), (Decide(10, Idle("idle", 4), growing)[Key("growing")].Replicas, Decide(10, Idle("idle", 4), growing)[Key("growing")].Outcome));
        Assert.Equal(2, Decide(10, growing)[Key("growing")].Replicas);
    }

    [Fact]
    public void What_is_only_kept_for_a_while_does_not_come_back_by_itself()
    {
        var lingering = Idle("a", 5) with { Granted = 0, Running = 0, Least = 0, EvictedFor = Key("b") };

        Assert.Equal((0, GrantOutcome.Evicted), (Decide(10, lingering)[Key("a")].Replicas, Decide(10, lingering)[Key("a")].Outcome));
        Assert.Equal(1, Decide(10, lingering with { Requests = 1 })[Key("a")].Replicas);
    }

    [Fact]
    public void What_its_other_parts_take_counts_once()
    {
        var service = Calling("a", 2) with { Wanted = 3, BesideBytes = 3 };

        Assert.Equal(3, Decide(9, service)[Key("a")].Replicas);
        Assert.Equal(2, Decide(8, service)[Key("a")].Replicas);
        Assert.Equal(GrantOutcome.TooLarge, Decide(4, service)[Key("a")].Outcome);
    }

    [Fact]
    public void Without_a_budget_all_is_granted()
        => Assert.Equal(3, ResidencyPlan.Decide([Calling("a", 1L << 60) with { Wanted = 3 }], null, Now, ResidencyOptions.Default).Grants[Key("a")].Replicas);

    private static ResourceKey Key(string name) => InferenceService.Kind.Key("default", name);

    private static Tenant Calling(string name, long bytes) => new(Key(name)) { Wanted = 1, ForeseenBytes = bytes, Requests = 1, WaitingSince = Now, LastUsed = Now };

    private static Tenant Idle(string name, long bytes)
        => new(Key(name)) { Wanted = 1, Running = 1, Granted = 1, ForeseenBytes = bytes, ResidentSince = Now.AddHours(-2), LastUsed = Now.AddMinutes(-1) };

    private static IReadOnlyDictionary<ResourceKey, Grant> Decide(long budget, params Tenant[] tenants) => ResidencyPlan.Decide(tenants, budget, Now, ResidencyOptions.Default).Grants;

    private static (int, int) Two(IReadOnlyDictionary<ResourceKey, Grant> grants, string a, string b) => (grants[Key(a)].Replicas, grants[Key(b)].Replicas);
}
