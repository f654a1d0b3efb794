using System.Runtime.CompilerServices;
using Orrery.Control.Models;
using Orrery.Resources;

namespace Orrery.Control.Tests.Models;

/// <summary>An agent that says what it is told to, and remembers what it was asked.</summary>
internal sealed class ScriptedAgent : IModelAgent
{
    public ModelArrival Answer { get; set; } = new ModelArrival.Failed("Unscripted", "", null);

    public List<ModelRequest> Asked { get; } = [];

    public List<ResourceKey> Forgotten { get; } = [];

    public ModelArrival Look(ModelRequest request)
    {
        Asked.Add(request);
        return Answer;
    }

    public void Forget(ResourceKey model) => Forgotten.Add(model);

    public async IAsyncEnumerable<ResourceKey> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await Task.Delay(Timeout.Infinite, ct);
        yield break;
    }
}
