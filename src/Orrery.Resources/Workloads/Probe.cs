namespace Orrery.Resources.Workloads;

/// <summary>How the runtime knows that a replica is up. Ready means: it answered a real request, not that a port is open.</summary>
public sealed record Probe
{
    /// <summary>GET; 200 means the server can take requests.</summary>
    public string HealthPath { get; init; } = "/health";

    /// <summary>POSTed once after the first good health answer, before the replica gets traffic. Null: health is enough.</summary>
    public string? FirstRequestPath { get; init; }

    /// <summary>JSON body of the first request.</summary>
    public string? FirstRequestBody { get; init; }

    /// <summary>Longest from start to ready, the time to read the model included; then the replica is restarted.</summary>
    public TimeSpan StartupTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Between health checks of a ready replica.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait for one health answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Health checks in a row that must fail before a ready replica is restarted.</summary>
    public int FailureThreshold { get; init; } = 2;
}
