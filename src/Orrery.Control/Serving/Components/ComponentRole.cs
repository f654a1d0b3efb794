using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;

namespace Orrery.Control.Serving.Components;

/// <summary>A component that a service may have: all that differs between engine, decoder and router.</summary>
/// <param name="Name">In spec, status and the names of workloads.</param>
/// <param name="Condition">Type of its condition.</param>
/// <param name="LoadsModel">It needs room for the model.</param>
internal sealed record ComponentRole(string Name, string Condition, bool LoadsModel)
{
    public static ComponentRole Engine { get; } = new(ServingNames.EngineComponent, ServiceConditions.EngineReady, LoadsModel: true);

    public static ComponentRole Decoder { get; } = new(ServingNames.DecoderComponent, ServiceConditions.DecoderReady, LoadsModel: true);

    public static ComponentRole Router { get; } = new(ServingNames.RouterComponent, ServiceConditions.RouterReady, LoadsModel: false);

    /// <summary>Those that come later may need the addresses of those before.</summary>
    public static IReadOnlyList<ComponentRole> All { get; } = [Engine, Decoder, Router];

    /// <summary>Those of a service: the engine always, the others where it names them. What a runtime says of a component makes none.</summary>
    public static IEnumerable<ComponentRole> Declared(InferenceServiceSpec spec) => All.Where(r => r.Asked(spec) is not null);

    /// <summary>The one that requests enter.</summary>
    public static ComponentRole Entry(InferenceServiceSpec spec) => spec.Router is null ? Engine : Router;

    /// <summary>What the service says of it; null: it has none.</summary>
    public ComponentSpec? Asked(InferenceServiceSpec spec)
        => this == Engine ? spec.Engine ?? new ComponentSpec() : this == Decoder ? spec.Decoder : spec.Router;

    /// <summary>What the runtime says of it.</summary>
    public ComponentSpec? Offered(RuntimeSpec runtime)
        => this == Engine ? runtime.EngineConfig : this == Decoder ? runtime.DecoderConfig : runtime.RouterConfig;

    /// <summary>
    /// Whether a replica answers requests of clients by itself, and is asked one before it counts as ready. Where prefill and decode are divided neither does: the router is asked.
    /// </summary>
    public bool Answers(InferenceServiceSpec spec) => this == Router || (this == Engine && spec.Decoder is null);

    public override string ToString() => Name;
}
