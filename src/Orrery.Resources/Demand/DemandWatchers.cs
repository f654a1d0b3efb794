using System.Runtime.CompilerServices;

namespace Orrery.Resources.Demand;

/// <summary>Those who hear which services begin and end to be asked for.</summary>
internal sealed class DemandWatchers
{
    private readonly Lock _lock = new();
    private readonly List<Watcher> _watchers = [];

    public void Tell(ResourceKey service)
    {
        lock (_lock)
        {
            foreach (var watcher in _watchers)
                watcher.Add(service);
        }
    }

    /// <param name="present">Those that are asked for now; read when the watch begins, after which no change is missed.</param>
    public async IAsyncEnumerable<ResourceKey> WatchAsync(Func<IEnumerable<ResourceKey>> present, [EnumeratorCancellation] CancellationToken ct)
    {
        var watcher = new Watcher();
        lock (_lock)
            _watchers.Add(watcher);
        try
        {
            foreach (var service in present())
                yield return service;
            while (true)
            {
                await watcher.Changed.WaitAsync(ct);
                foreach (var service in watcher.Take())
                    yield return service;
            }
        }
        finally
        {
            lock (_lock)
                _watchers.Remove(watcher);
        }
    }

    /// <summary>Holds each service at most once, however often it changed since the watcher looked: whoever hears of one reads the present figures.</summary>
    private sealed class Watcher
    {
        private readonly Lock _lock = new();
        private HashSet<ResourceKey> _services = [];

        public SemaphoreSlim Changed { get; } = new(0, 1);

        public void Add(ResourceKey service)
        {
            lock (_lock)
            {
                _services.Add(service);
                if (Changed.CurrentCount == 0)
                    Changed.Release();
            }
        }

        public HashSet<ResourceKey> Take()
        {
            lock (_lock)
            {
                var taken = _services;
                _services = [];
                return taken;
            }
        }
    }
}
