namespace Orrery.Resources.Workloads;

/// <summary>What to run, completely rendered: a runtime needs to look nothing up.</summary>
public sealed record Workload
{
    public required WorkloadKey Key { get; init; }

    /// <summary>Whose it is. Endpoint slices carry this reference.</summary>
    public required OwnerReference Owner { get; init; }

    /// <summary>Hash of everything that needs new replicas when it changes. Replicas of another revision are replaced.</summary>
    public required string Revision { get; init; }

    /// <summary>Null: somebody else scales it.</summary>
    public required int? Replicas { get; init; }

    public WorkloadKind Kind { get; init; } = WorkloadKind.Service;

    /// <summary>The part of a service that it is: engine, decoder or router. Names the container of its pods.</summary>
    public string Component { get; init; } = "engine";

    /// <summary>Labels of its pods.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Processes or pods that make one replica: a leader and <c>GroupSize - 1</c> workers.</summary>
    public int GroupSize { get; init; } = 1;

    /// <summary>How to run it as a child process. A workload has this form, a container form, or both.</summary>
    public ProcessTemplate? Process { get; init; }

    /// <summary>Digests or paths of the models that it reads, for placement and prefetching.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    public required Probe Probe { get; init; }

    /// <summary>From "no new requests" to "stopped" at most.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Replicas above the wanted count during a rollout. At least 1.</summary>
    public int MaxSurge { get; init; } = 1;
}

public enum WorkloadKind
{
    /// <summary>Serves until stopped; restarted when it ends.</summary>
    Service,

    /// <summary>Runs to its end.</summary>
    Job,

    /// <summary>A service whose replicas keep a name and storage.</summary>
    Stateful,
}

/// <summary>A child process. <c>$(SOCKET)</c> and <c>$(PORT)</c> in any text stand for what the runtime gives each replica to listen on.</summary>
public sealed record ProcessTemplate
{
    /// <summary>Program and arguments. The program <c>orrery</c> is this binary itself.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Env { get; init; } = [];

    /// <summary>Null: a folder of the replica's own.</summary>
    public string? WorkingDirectory { get; init; }

    public bool Names(string variable)
        => Command.Any(a => a.Contains(variable, StringComparison.Ordinal)) || Env.Any(e => e.Value.Contains(variable, StringComparison.Ordinal));
}

/// <summary>How the runtime knows that a replica is up. Ready means: it answered a real request, not that a port is open.</summary>
public sealed record Probe
{
    /// <summary>GET; 200 means the server can take requests.</summary>
    public string HealthPath { get; init; } = "/health";

    /// <summary>POSTed once after the first good health answer, before the replica gets traffic. Null: health is enough.</summary>
    public string? FirstRequestPath { get; init; }

    /// <summary>JSON body of the first request.</summary>
    public string? FirstRequestBody { get; init; }

    /// <summary>Longest from start to ready; then the replica is restarted.</summary>
    public TimeSpan StartupTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Between health checks of a ready replica.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait for one health answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Health checks in a row that must fail before a ready replica is restarted.</summary>
    public int FailureThreshold { get; init; } = 2;
}
