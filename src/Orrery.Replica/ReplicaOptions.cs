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

    /// <summary>
    /// How long requests may go on after the replica is asked to stop; streams that are not done then end with an error event. Default 1.5 s: whoever
    /// asked usually kills after 2, and half a second is for the last words and the end of the process.
    /// </summary>
    public TimeSpan DrainFor { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How often listeners on /v1/kv/events are told the load, which also keeps the stream from falling silent. Default 1 s.</summary>
    public TimeSpan LoadEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Listeners on /v1/kv/events at once; the next one gets 429. Default 16.</summary>
    public int MaxListeners { get; init; } = 16;

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
        if (DrainFor < TimeSpan.Zero || DrainFor > TimeSpan.FromHours(1))
            yield return $"drainFor: {DrainFor} must be between 0 and 1 hour";
        if (LoadEvery < TimeSpan.FromMilliseconds(10) || LoadEvery > TimeSpan.FromMinutes(1))
            yield return $"loadEvery: {LoadEvery} must be between 10 ms and 1 minute";
        if (MaxListeners is < 0 or > 1024)
            yield return $"maxListeners: {MaxListeners} must be between 0 and 1024";
    }
}
