using Orrery.Control.Fitting;
using Orrery.Control.Runtimes;
using Orrery.Control.Serving.Components;
using Orrery.Resources;

namespace Orrery.Control.Serving.Stages;

/// <summary>What is settled of a service before any of its components is rendered. A stage that was not reached has no condition.</summary>
/// <param name="Conditions">In their order.</param>
/// <param name="Ground">What components are rendered on; null: a stage does not let them.</param>
internal sealed record ServiceStages(
    IReadOnlyList<Condition> Conditions, RuntimeDecision? Decision, IReadOnlyDictionary<ComponentRole, RoomForModel> Rooms, ServingGround? Ground)
{
    public static ServiceStages Of(ServiceObservation seen)
    {
        List<Condition> conditions = [];
        var none = new Dictionary<ComponentRole, RoomForModel>();

        // :: Model
        var (model, resolved) = ModelStage.Of(seen.Service.Spec.Model, seen.Model);
        conditions.Add(resolved);
        if (model is null)
            return new ServiceStages(conditions, null, none, null);

        // :: Runtime
        var (decision, selected) = RuntimeStage.Of(seen);
        conditions.Add(selected);
        if (decision is not RuntimeDecision.Chosen chosen)
            return new ServiceStages(conditions, decision, none, null);

        // :: Room
        var rooms = RoomStage.Of(seen, chosen.Winner);
        conditions.Add(RoomStage.Told(rooms));

        // :: Weights
        var engine = ComponentForm.Of(ComponentRole.Engine, ComponentRole.Engine.Asked(seen.Service.Spec)!, chosen.Runtime.Spec);
        var (weights, ready) = WeightsStage.Of(seen, takesWeights: engine.Process?.WeightArgs is { Count: > 0 });
        if (ready is not null)
            conditions.Add(ready);

        bool settled = weights is not null && rooms.Values.All(r => r.HasRoom);
        return new ServiceStages(conditions, decision, rooms, settled ? new ServingGround(model, chosen, rooms, weights!) : null);
    }

    /// <summary>Of the engine. Null: nobody looked.</summary>
    public FitResult? Fit => Rooms.GetValueOrDefault(ComponentRole.Engine)?.Fit;
}

/// <summary>What all components of a service are rendered on.</summary>
/// <param name="Rooms">Where each component that loads the model has room.</param>
internal sealed record ServingGround(ModelToServe Model, RuntimeDecision.Chosen Runtime, IReadOnlyDictionary<ComponentRole, RoomForModel> Rooms, IReadOnlyList<WeightToServe> Weights);
