using Orrery.Control.Places;
using Orrery.Local.Workloads;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Cli.Up;

/// <summary>Section <c>serving</c> of a home's settings.</summary>
internal sealed record ServingSettings
{
    private static readonly TimeSpan MostDrain = TimeSpan.FromHours(1);

    /// <summary>What the replicas of all services may take of the machine's memory together: bytes as in <c>24Gi</c>, or a share of what the machine can give.</summary>
    public string MemoryBudget { get; init; } = "80%";

    /// <summary>Longest time that all replicas together have to finish their answers when <c>up</c> ends, whatever each of them may take.</summary>
    public TimeSpan MaxDrain { get; init; } = ProcessRuntimeOptions.DefaultMaxDrain;

    public IEnumerable<string> Problems()
    {
        if (MaxDrain < TimeSpan.Zero || MaxDrain > MostDrain)
            yield return $"serving.maxDrain: {MaxDrain} must be between 0 and 1 hour";
        if (Control.Residency.MemoryBudget.Parse(MemoryBudget) is null)
            yield return $"serving.memoryBudget: '{MemoryBudget}' must be bytes such as 24Gi, or a share above 0% and up to 100%";
    }

    /// <param name="store">Has this machine's node already.</param>
    /// <returns>Null: a share, and nobody knows how much memory there is.</returns>
    public async Task<long?> BudgetBytesAsync(IResourceStore store, CancellationToken ct)
        => Control.Residency.MemoryBudget.Parse(MemoryBudget)!.Bytes(ServingPlace.Of(await store.ListAsync<Node>(null, ct), [], []).MemoryBytes);
}
