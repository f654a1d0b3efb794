using System.Threading.Channels;
using Orrery.Resources;

namespace Orrery.ModelAgent.Arrivals;

/// <summary>Models that stand differently than before, each waiting once, however often it changes.</summary>
internal sealed class ChangedModels
{
    private readonly Channel<ResourceKey> _queue = Channel.CreateUnbounded<ResourceKey>();
    private readonly Lock _lock = new();
    private readonly HashSet<ResourceKey> _waiting = [];

    public void Add(ResourceKey model)
    {
        lock (_lock)
        {
            if (_waiting.Add(model))
                _queue.Writer.TryWrite(model);
        }
    }

    public async Task<ResourceKey> TakeAsync(CancellationToken ct)
    {
        var model = await _queue.Reader.ReadAsync(ct);
        lock (_lock)
            _waiting.Remove(model);
        return model;
    }
}
