using System.Globalization;

namespace Orrery.Engine;

/// <summary>A model that does not fit into this machine's memory; nothing was allocated.</summary>
public sealed class ModelTooLargeException(MemoryPlan plan, long availableBytes) : Exception(Describe(plan, availableBytes))
{
    public MemoryPlan Plan { get; } = plan;

    public long AvailableBytes { get; } = availableBytes;

    private static string Describe(MemoryPlan plan, long available)
    {
        static string Size(long bytes) => bytes < 1L << 30
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.#} GiB");
        return $"{plan.File}: weights take {Size(plan.MappedWeights + plan.OwnedWeights)},{(plan.Adapters > 0 ? $" adapters {Size(plan.Adapters)}," : "")} a context of {plan.ContextTokens} tokens {Size(plan.KvCache)} and scratch space {Size(plan.Scratch)}: "
            + $"{Size(plan.Total)} in all; this machine has {Size(available)}. Lower engine.maxContextTokens, or use a smaller model or quantization.";
    }
}
