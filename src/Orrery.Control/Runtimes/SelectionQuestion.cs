using Orrery.Control.Places;
using Orrery.Resources.Serving;

namespace Orrery.Control.Runtimes;

/// <summary>What a runtime is sought for.</summary>
/// <param name="Asked">The service's own wish. Null: choose.</param>
public sealed record SelectionQuestion(ModelFacts Model, RuntimeReference? Asked = null)
{
    /// <summary>Names of AcceleratorClasses that the service asks for; the runtime must be made for each.</summary>
    public IReadOnlyList<string> AcceleratorClasses { get; init; } = [];

    /// <summary>Where it would run. Null: nobody knows, and nothing is held against a runtime for it.</summary>
    public ServingPlace? Place { get; init; }
}
