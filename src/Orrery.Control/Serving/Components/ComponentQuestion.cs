using Orrery.Control.Serving.Stages;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving.Components;

/// <summary>Everything that rendering one component looks at.</summary>
/// <param name="Urls">Where the replicas of components before it answer, by placeholder.</param>
internal sealed record ComponentQuestion(
    ServiceObservation Seen, ComponentRole Role, ServingGround Ground, ComponentForm Form, int Replicas, IReadOnlyDictionary<string, IReadOnlyList<string>> Urls)
{
    public RoomForModel? Room => Ground.Rooms.GetValueOrDefault(Role);

    /// <summary>The component in the spec, for messages.</summary>
    public string Field => $"spec.{Role.Name}";

    /// <summary>Of model and weights; null: unknown, or it loads none.</summary>
    public long? ModelBytes => Role.LoadsModel ? Ground.Model.Bytes + Ground.Weights.Sum(w => w.Bytes ?? 0) : null;
}

/// <summary>A component rendered, or why it cannot be.</summary>
internal abstract record Rendering
{
    public sealed record Done(Workload Workload) : Rendering;

    /// <param name="Reason">One of the reasons of conditions.</param>
    public sealed record Wrong(string Reason, string Message) : Rendering;

    /// <summary>It needs what is not there yet, and comes as soon as that is.</summary>
    public sealed record Waits(string Reason, string Message) : Rendering;
}
