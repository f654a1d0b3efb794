using Orrery.Control.Scaling;
using Orrery.Resources.Demand;
using Orrery.Resources.Serving;

namespace Orrery.Control.Tests.Scaling;

/// <summary>What holds of every load.</summary>
public sealed class ScalingPropertyTests
{
    private const int Rounds = 200;

    private static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly string?[] Metrics = [null, "concurrency", "queue", "tokens", "rps"];

    [Fact]
    public void Never_outside_the_bounds_and_zero_only_after_the_idle_time()
        => Each((component, random) =>
        {
            var load = new Load(component);
            var now = Start;
            DateTimeOffset? used = null;
            long arrived = 0;
            for (int i = 0; i < 100; i++)
            {
                now += TimeSpan.FromSeconds(random.Next(1, 60));
                int requests = random.Next(3) == 0 ? random.Next(200) : 0;
                arrived += requests;
                used = requests > 0 ? now : used;
                int waiting = random.Next(requests + 1);
                var decision = load.At(now, new ServiceDemand(waiting, requests - waiting, 0, used, arrived, requests * 100));

                Assert.InRange(decision.Replicas, component.MinReplicas!.Value, component.MaxReplicas!.Value);
                Assert.True(decision.LookAgain is null || decision.LookAgain > TimeSpan.Zero);
                if (decision.Replicas == 0)
                    Assert.True(requests == 0 && (used is null || now - used >= TimeSpan.FromSeconds(component.ScaleToZeroAfterSeconds!.Value)));
                if (requests > 0)
                    Assert.True(decision.Replicas > 0);
            }
        });

    [Fact]
    public void Under_constant_load_the_number_settles_and_then_stays()
        => Each((component, random) =>
        {
            var load = new Load(component);
            // Whatever came before.
            for (int i = 0; i < 20; i++)
                load.Next(new ServiceDemand(random.Next(50), random.Next(50), 0, Start, i * 10, random.Next(10_000)));
            int waiting = random.Next(100), inFlight = 1 + random.Next(100);
            double rate = random.NextDouble() * 100;
            ServiceDemand At(int i) => new(waiting, inFlight, 0, Start, 200 + (long)(rate * 2 * i), 5_000);

            List<int> seen = [.. Enumerable.Range(0, 600).Select(i => load.Next(At(i)).Replicas)];

            // Growth takes its steps first; from then on, and past the window, at most one change downwards.
            var settled = seen.Skip(150).ToList();
            Assert.True(settled.Zip(settled.Skip(1)).Count(p => p.First != p.Second) <= (component.ScaleMetric == "rps" ? 2 : 1), string.Join(' ', settled));
        });

    [Fact]
    public void Under_load_that_swings_faster_than_the_window_the_number_never_falls()
        => Each((component, random) =>
        {
            component = component with { ScaleMetric = null, ScaleDownStabilizationSeconds = 120, ScaleToZeroAfterSeconds = 300 };
            var load = new Load(component);
            int high = random.Next(50, 200), period = random.Next(2, 50);
            int before = 0;
            for (int i = 0; i < 500; i++)
            {
                int requests = i % period == 0 ? high : random.Next(high / 4);
                int replicas = load.Next(new ServiceDemand(0, requests, 0, Start.AddSeconds(2 * i))).Replicas;

                Assert.True(replicas >= before, $"{before} -> {replicas} at {i}, period {period}");
                before = replicas;
            }
        });

    [Fact]
    public void More_load_never_wants_fewer()
        => Each((component, random) =>
        {
            var load = new Load(component);
            for (int i = 0; i < 30; i++)
                load.Next(new ServiceDemand(random.Next(50), random.Next(50), 0, Start.AddSeconds(2 * i), i * 7, random.Next(10_000)));
            var now = Start.AddSeconds(62);
            var history = load.Last.History;
            int before = 0;
            for (int more = 0; more < 150; more++)
            {
                int replicas = ScalingPlan.Desired(new ScalingQuestion(component, new ServiceDemand(more, more / 2, 0, now, 203 + more * 20, more * 300), history, now)).Replicas;

                Assert.True(replicas >= before, $"{before} -> {replicas} at {more}");
                before = replicas;
            }
        });

    private static void Each(Action<ComponentSpec, Random> holds)
    {
        for (int round = 0; round < Rounds; round++)
        {
            var random = new Random(round);
            int min = random.Next(4);
            var component = new ComponentSpec
            {
                MinReplicas = min,
                MaxReplicas = Math.Max(1, min) + random.Next(50),
                ScaleMetric = Metrics[random.Next(Metrics.Length)],
                ScaleTarget = random.Next(2) == 0 ? null : random.Next(1, 30),
                ContainerConcurrency = random.Next(2) == 0 ? null : random.Next(1, 30),
                ScaleToZeroAfterSeconds = random.Next(1, 600),
                ScaleDownStabilizationSeconds = random.Next(2) == 0 ? null : random.Next(0, 300),
                ScaleUpStabilizationSeconds = random.Next(2) == 0 ? null : random.Next(0, 60),
            };
            try
            {
                holds(component, random);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new InvalidOperationException($"round {round}: {component}", e);
            }
        }
    }
}
