using Orrery.Control.Residency;
using Orrery.Resources.Serving;

namespace Orrery.Control.Tests.Residency;

/// <summary>What holds of every decision about memory, over random services and over time.</summary>
public sealed class ResidencyPropertyTests
{
    private const int Rounds = 600, Lives = 15;

    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(0.1);

    [Fact]
    public void No_decision_gives_more_than_the_budget_or_takes_from_those_that_serve_or_are_pinned()
    {
        for (int round = 0; round < Rounds; round++)
        {
            var random = new Random(round);
            long budget = random.Next(10, 100);
            List<Tenant> tenants = [.. Enumerable.Range(0, random.Next(1, 20)).Select(i => RandomTenant(random, i))];

            var grants = ResidencyPlan.Decide(tenants, budget, Now, ResidencyOptions.Default).Grants;

            long Bytes(Tenant t, int replicas) => replicas == 0 ? 0 : t.BesideBytes + replicas * (t.MeasuredBytes ?? t.ForeseenBytes!.Value);
            long granted = tenants.Sum(t => Bytes(t, grants[t.Service].Replicas)), kept = tenants.Sum(t => Bytes(t, Math.Min(t.Granted!.Value, t.Wanted)));
            long occupied = tenants.Sum(t => Bytes(t, Math.Max(t.Running, grants[t.Service].Replicas))), before = tenants.Sum(t => Bytes(t, Math.Max(t.Running, Math.Min(t.Granted!.Value, t.Wanted))));
            string said = $"round {round}";
            Assert.True(granted <= Math.Max(budget, kept), said);
            Assert.True(occupied <= Math.Max(budget, before), said);
            if (granted > budget)
                Assert.Contains(grants.Values, g => g.Outcome == GrantOutcome.OverBudget);
            int highest = tenants.Where(t => grants[t.Service] is var g && (g.Replicas > t.Granted || g.MissingBytes == 0 || g.Overtaken >= 8)).Select(t => t.Priority).DefaultIfEmpty(int.MinValue).Max();
            foreach (var tenant in tenants)
            {
                int had = Math.Min(tenant.Granted!.Value, tenant.Wanted), has = grants[tenant.Service].Replicas;
                Assert.InRange(has, 0, tenant.Wanted);
                if (tenant.Requests > 0 || tenant.Pinned)
                    Assert.True(has >= had, $"{said}: {tenant.Service}");
                if (has < had && kept <= budget)
                    Assert.True(tenant.Priority <= highest, $"{said}: {tenant.Service} went for one of a lower priority");
                if (has < tenant.Wanted && tenant.Requests > 0)
                    Assert.NotEqual(GrantOutcome.Granted, grants[tenant.Service].Outcome);
            }
            Assert.Equal(grants, ResidencyPlan.Decide([.. tenants.AsEnumerable().Reverse()], budget, Now, ResidencyOptions.Default).Grants.OrderBy(g => g.Key.Name).ToDictionary());
        }
    }

    [Fact]
    public void Whoever_waits_and_can_be_given_room_gets_it_and_nothing_is_above_the_budget_meanwhile()
    {
        for (int life = 0; life < Lives; life++)
        {
            var random = new Random(life);
            long budget = random.Next(20, 60);
            var machine = new SimulatedMachine(budget, [.. Enumerable.Range(0, random.Next(2, 15)).Select(_ => RandomService(random, budget))]);

            for (int step = 0; step < 2000; step++)
            {
                if (random.Next(8) == 0)
                    machine.Request(random.Next(machine.Services.Count));
                Advance(machine, budget, life);
            }
            int bound = 0;
            while (!machine.IsQuiet && bound++ < 3000)
                Advance(machine, budget, life);

            Assert.True(machine.IsQuiet, $"life {life}: {string.Join("; ", machine.Last.Where(g => g.Value.Outcome != GrantOutcome.Granted).Select(g => $"{g.Key.Name} {g.Value.Outcome} {g.Value.Message}"))}");
        }
    }

    [Fact]
    public void A_large_one_gets_its_turn_among_small_ones_that_never_end_all_at_once()
    {
        // Three small ones take turns so that one of them always serves; each is idle for a moment every second.
        var machine = new SimulatedMachine(9, [.. Enumerable.Range(0, 3).Select(_ => new SimulatedService { Bytes = 3 }), new SimulatedService { Bytes = 7 }, new SimulatedService { Bytes = 1 }]);
        int steps = 0;
        for (; steps < 2000 && machine.Services[3].InFlight.Count == 0; steps++)
        {
            if (steps % 10 is 0 or 3 or 6)
                machine.Request(steps % 10 / 3);
            if (steps == 300)
                machine.Request(3);
            machine.Step(Tick);
        }

        Assert.InRange(steps, 300, 600);
    }

    [Fact]
    public void Equals_get_memory_in_the_order_in_which_they_began_to_wait()
    {
        var machine = new SimulatedMachine(3, [.. Enumerable.Range(0, 12).Select(_ => new SimulatedService { Bytes = 1 })]);
        List<int> begun = [];
        for (int i = 0; i < 12; i++)
        {
            machine.Request(11 - i);
            Next();
        }
        for (int step = 0; step < 600; step++)
            Next();

        Assert.Equal(Enumerable.Range(0, 12).Reverse(), begun);

        void Next()
        {
            machine.Step(Tick);
            begun.AddRange(Enumerable.Range(0, 12).Where(s => machine.Services[s].InFlight.Count > 0 && !begun.Contains(s)));
        }
    }

    private static void Advance(SimulatedMachine machine, long budget, int life)
    {
        List<SimulatedService> busy = [.. machine.Services.Where(s => s.InFlight.Count > 0 && s.StoppedAt is null)];
        List<SimulatedService> stopping = [.. machine.Services.Where(s => s.StoppedAt is not null)];
        machine.Step(Tick);
        long occupied = machine.Services.Where(s => s.ReadyAt is not null).Sum(s => s.Bytes);
        Assert.True(occupied <= budget, $"life {life}: {occupied} of {budget}");
        Assert.All(busy.Where(s => s.InFlight.Count > 0), s => Assert.Null(s.StoppedAt));
        Assert.All(machine.Services.Where(s => s.Pinned && s.StoppedAt is not null && !stopping.Contains(s)), s => Assert.True(machine.Now - s.LastUsed >= s.IdleTime));
    }

    private static Tenant RandomTenant(Random random, int index)
    {
        int wanted = random.Next(4), granted = random.Next(Math.Max(1, wanted + 1));
        return new Tenant(InferenceService.Kind.Key("default", $"s{index:00}"))
        {
            Wanted = wanted,
            Least = random.Next(wanted + 1),
            Granted = granted,
            Running = random.Next(3) == 0 ? random.Next(4) : granted,
            ForeseenBytes = random.Next(1, 30),
            MeasuredBytes = random.Next(2) == 0 ? null : random.Next(1, 30),
            BesideBytes = random.Next(3) == 0 ? random.Next(5) : 0,
            Requests = random.Next(2) == 0 ? 0 : random.Next(1, 5),
            WaitingSince = random.Next(2) == 0 ? null : Now.AddSeconds(-random.Next(10)),
            LastUsed = random.Next(4) == 0 ? null : Now.AddSeconds(-random.Next(100)),
            ResidentSince = Now.AddSeconds(-random.Next(20)),
            Priority = random.Next(-1, 2),
            Pinned = random.Next(6) == 0,
            Overtaken = random.Next(3) == 0 ? random.Next(12) : 0,
        };
    }

    // What may never be given to some for the sake of others is not part of it: pinned and higher ones that idle in memory keep the others out, as they should.
    private static SimulatedService RandomService(Random random, long budget) => new()
    {
        Bytes = random.Next(1, (int)budget + 1),
        LoadTime = TimeSpan.FromSeconds(random.NextDouble() * 3),
        ServeTime = TimeSpan.FromSeconds(random.NextDouble() * 2),
        StopTime = TimeSpan.FromSeconds(random.NextDouble()),
        IdleTime = TimeSpan.FromSeconds(random.Next(1, 60)),
        Priority = random.Next(4) == 0 ? 1 : 0,
        Pinned = random.Next(10) == 0,
    };
}
