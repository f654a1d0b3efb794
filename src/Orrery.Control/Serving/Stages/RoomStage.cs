using Orrery.Control.Runtimes;
using Orrery.Control.Serving.Components;
using Orrery.Resources;

namespace Orrery.Control.Serving.Stages;

/// <summary>Where each component that loads the model has room. Pure.</summary>
internal static class RoomStage
{
    public static IReadOnlyDictionary<ComponentRole, RoomForModel> Of(ServiceObservation seen, RuntimeVerdict winner)
    {
        var (spec, facts) = (seen.Service.Spec, ModelFacts.Of(seen.Model!));
        return ComponentRole.Declared(spec).Where(r => r.LoadsModel)
            .ToDictionary(r => r, r => ServiceQuestions.Room(ServiceQuestions.Selector(spec, r.Asked(spec)), facts, winner, seen.Place, Fitting.FitQuestion.Of(facts)));
    }

    /// <summary>The first that has no room; else the engine's.</summary>
    public static Condition Told(IReadOnlyDictionary<ComponentRole, RoomForModel> rooms)
    {
        foreach (var (role, room) in rooms)
        {
            if (!room.HasRoom && role != ComponentRole.Engine)
                return room.Condition with { Message = $"the {role.Name}: {room.Condition.Message}" };
            if (!room.HasRoom)
                return room.Condition;
        }
        return rooms[ComponentRole.Engine].Condition;
    }
}
