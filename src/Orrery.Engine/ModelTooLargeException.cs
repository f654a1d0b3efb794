namespace Orrery.Engine;

/// <summary>A model whose KV cache and scratch space do not fit into this machine's memory; nothing was allocated.</summary>
public sealed class ModelTooLargeException(string file, int contextTokens, long neededBytes, long availableBytes) : Exception(
    $"{file}: a context of {contextTokens} tokens needs {neededBytes >> 20} MiB beside the weights; {availableBytes >> 20} MiB can be had. Lower engine.maxContextTokens.")
{
    public long NeededBytes { get; } = neededBytes;
    public long AvailableBytes { get; } = availableBytes;
}
