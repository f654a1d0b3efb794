using Orrery.Control.Places;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Cli.Up;

/// <summary>Section <c>serving</c> of a home's settings.</summary>
internal sealed record ServingSettings
{
    /// <summary>What the replicas of all services may take of the machine's memory together: bytes as in <c>24Gi</c>, or a share of what the machine can give.</summary>
    public string MemoryBudget { get; init; } = "80%";

    public IEnumerable<string> Problems()
    {
        if (Control.Residency.MemoryBudget.Parse(MemoryBudget) is null)
            yield return $"serving.memoryBudget: '{MemoryBudget}' must be bytes such as 24Gi, or a share above 0% and up to 100%";
    }

    /// <param name="store">Has this machine's node already.</param>
    /// <returns>Null: a share, and nobody knows how much memory there is.</returns>
    public async Task<long?> BudgetBytesAsync(IResourceStore store, CancellationToken ct)
        => Control.Residency.MemoryBudget.Parse(MemoryBudget)!.Bytes(ServingPlace.Of(await store.ListAsync<Node>(null, ct), [], []).MemoryBytes);
}
