using Orrery.Resources;

namespace Orrery.Control.Loop;

/// <summary>
/// Brings the world closer to what one object asks for. Level-triggered: it gets a key, never an event, and looks at everything itself.
/// Throwing means "again, later" with growing delay; what cannot be done is said in status and not thrown.
/// Calls for one key never overlap.
/// </summary>
public interface IController
{
    string Name { get; }

    Task<Requeue> ReconcileAsync(ResourceKey key, CancellationToken ct);
}

/// <summary>When to look again without being woken.</summary>
/// <param name="Delay">Null: only when woken.</param>
public readonly record struct Requeue(TimeSpan? Delay)
{
    public static Requeue No => new(null);

    public static Requeue After(TimeSpan delay) => new(delay);
}
