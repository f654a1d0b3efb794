namespace Orrery.Replica;

/// <summary>Where a replica listens and what it accepts. Read once at start.</summary>
public sealed record ReplicaOptions
{
    // sun_path of Linux is 108 bytes with its end.
    private const int MaxSocketPathBytes = 107;

    /// <summary>Path of the unix socket to listen on; the file is made, and one that a dead process left is replaced. Null: a loopback port.</summary>
    public string? SocketPath { get; init; }

    /// <summary>Port on 127.0.0.1 while <see cref="SocketPath"/> is null. Default 0: a free one.</summary>
    public int Port { get; init; }

    /// <summary>Largest request body in bytes; larger ones get 413. Default 32 MiB.</summary>
    public int MaxBodyBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>What a client is told to wait when the model's queue is full. Default 1 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long requests may go on after the replica is asked to stop. Default 2 s.</summary>
    public TimeSpan DrainFor { get; init; } = TimeSpan.FromSeconds(2);

    public IEnumerable<string> Problems()
    {
        if (SocketPath is { } path && (path.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(path) > MaxSocketPathBytes))
            yield return $"socketPath: '{path}' must have 1 to {MaxSocketPathBytes} bytes: the system allows no longer socket paths";
        if (Port is < 0 or > 65535)
            yield return $"port: {Port} must be between 0 and 65535";
        if (MaxBodyBytes < 1024)
            yield return $"maxBodyBytes: {MaxBodyBytes} must be at least 1024";
        if (RetryAfter < TimeSpan.Zero)
            yield return $"retryAfter: {RetryAfter} must not be negative";
        if (DrainFor < TimeSpan.Zero || DrainFor > TimeSpan.FromMinutes(10))
            yield return $"drainFor: {DrainFor} must be between 0 and 10 minutes";
    }
}
