using Orrery.Contracts;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Resources.Tests;

public sealed class MemoryStoreTests : StoreContract, IAsyncDisposable
{
    private readonly List<ResourceStore> _stores = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
    }

    protected override async Task<IResourceStore> StartStoreAsync(int history = ResourceStore.DefaultHistory)
    {
        var store = new ResourceStore(new MemoryChangeLog(), TimeProvider.System, history);
        _stores.Add(store);
        await store.EnsureNamespaceAsync(Namespace.Default, Ct);
        return store;
    }
}
