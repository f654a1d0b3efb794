namespace Orrery.Engine;

/// <summary>How a <see cref="LocalTextModel"/> runs. Read once, at load.</summary>
public sealed record EngineOptions
{
    /// <summary>Requests that may wait while one runs; more are refused with <see cref="QueueFullException"/>. Default 64.</summary>
    public int QueueLength { get; init; } = 64;

    /// <summary>
    /// Prompt and continuation together, at most; a model made for less keeps its own limit. The KV cache for all of it is
    /// allocated at load. Default 8192.
    /// </summary>
    public int MaxContextTokens { get; init; } = 8192;

    public IEnumerable<string> Problems()
    {
        if (QueueLength is < 0 or > 65_536)
            yield return $"engine.queueLength: {QueueLength} must be between 0 and 65536";
        if (MaxContextTokens is < 1 or > 1 << 22)
            yield return $"engine.maxContextTokens: {MaxContextTokens} must be between 1 and {1 << 22}";
    }
}
