using Orrery.Control.Residency;
using Orrery.Resources;
using Orrery.Resources.Serving;

namespace Orrery.Control.Tests.Residency;

/// <summary>Services whose replicas take time to load and to stop, requests that take time, and the plan asked at every step. No clock and no processes.</summary>
internal sealed class SimulatedMachine(long budget, IReadOnlyList<SimulatedService> services, ResidencyOptions? options = null)
{
    private readonly ResidencyOptions _options = options ?? ResidencyOptions.Default;

    public IReadOnlyList<SimulatedService> Services => services;

    public DateTimeOffset Now { get; private set; } = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public int Loads { get; private set; }

    /// <summary>From arrival to the beginning of its answer, of each request that was begun.</summary>
    public List<TimeSpan> Waits { get; } = [];

    /// <summary>Requests whose replica was ready when they came.</summary>
    public int Hits { get; private set; }

    public bool IsQuiet => services.All(s => s.Waiting.Count == 0 && s.InFlight.Count == 0);

    public IReadOnlyDictionary<ResourceKey, Grant> Last { get; private set; } = new Dictionary<ResourceKey, Grant>();

    public static ResourceKey Key(int index) => InferenceService.Kind.Key("default", $"s{index:00}");

    public void Request(int index)
    {
        services[index].Waiting.Enqueue(Now);
        services[index].LastUsed = Now;
        if (services[index].IsReady(Now))
            Hits++;
    }

    public void Step(TimeSpan by)
    {
        Now += by;
        foreach (var service in services)
        {
            if (service.InFlight.RemoveAll(end => end <= Now) > 0)
                service.LastUsed = Now;
            if (service.StoppedAt <= Now)
                (service.ReadyAt, service.StoppedAt) = (null, null);
        }
        Last = ResidencyPlan.Decide([.. services.Select((s, i) => s.Tenant(Key(i), Now))], budget, Now, _options).Grants;
        for (int i = 0; i < services.Count; i++)
        {
            Obey(services[i], Last[Key(i)]);
            while (services[i].IsReady(Now) && services[i].Waiting.TryDequeue(out var arrived))
            {
                Waits.Add(Now - arrived);
                services[i].InFlight.Add(Now + services[i].ServeTime);
                services[i].LastUsed = Now;
            }
        }
    }

    private void Obey(SimulatedService service, Grant grant)
    {
        if (grant.Outcome is GrantOutcome.WaitingForMemory)
            service.WaitingSince ??= Now;
        else
            service.WaitingSince = null;
        if (grant.Replicas > 0 && service.ReadyAt is null)
        {
            Loads++;
            service.ReadyAt = service.ResidentSince = Now + service.LoadTime;
        }
        if (grant.Replicas == 0 && service.ReadyAt is not null)
            service.StoppedAt ??= Now + service.StopTime;
        service.Before = grant;
    }
}

internal sealed class SimulatedService
{
    public required long Bytes { get; init; }

    public TimeSpan LoadTime { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan ServeTime { get; init; } = TimeSpan.FromSeconds(0.5);

    public TimeSpan StopTime { get; init; } = TimeSpan.FromSeconds(0.2);

    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(5);

    public int Least { get; init; }

    public int Priority { get; init; }

    public bool Pinned { get; init; }

    public Queue<DateTimeOffset> Waiting { get; } = [];

    public List<DateTimeOffset> InFlight { get; } = [];

    public DateTimeOffset? ReadyAt { get; set; }

    public DateTimeOffset? StoppedAt { get; set; }

    public DateTimeOffset? LastUsed { get; set; }

    public DateTimeOffset? ResidentSince { get; set; }

    public DateTimeOffset? WaitingSince { get; set; }

    public Grant? Before { get; set; }

    public bool IsReady(DateTimeOffset now) => ReadyAt <= now && StoppedAt is null;

    public Tenant Tenant(ResourceKey key, DateTimeOffset now) => new(key)
    {
        Wanted = Math.Max(Least, Waiting.Count + InFlight.Count > 0 || now - LastUsed < IdleTime ? 1 : 0),
        Least = Least,
        Running = ReadyAt is null ? 0 : 1,
        Granted = Before?.Replicas,
        ForeseenBytes = Bytes,
        Requests = Waiting.Count + InFlight.Count,
        WaitingSince = WaitingSince,
        LastUsed = LastUsed,
        ResidentSince = ResidentSince,
        Priority = Priority,
        Pinned = Pinned,
        Overtaken = Before?.Overtaken ?? 0,
        EvictedFor = Before?.EvictedFor,
    };
}
