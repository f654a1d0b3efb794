using Orrery.Control.Accelerators;
using Orrery.Control.Places;
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
        var (place, rooms) = (seen.Place, new Dictionary<ComponentRole, RoomForModel>());
        foreach (var role in ComponentRole.Declared(spec).Where(r => r.LoadsModel))
        {
            rooms[role] = ServiceQuestions.Room(ServiceQuestions.Selector(spec, role.Asked(spec)), facts, winner, place, Fitting.FitQuestion.Of(facts));
            // What one component has the next one has not.
            if (rooms[role].Selected is { AcceleratorClass: { } name, Count: { } count })
                place = Without(place, new AcceleratorClaim(name, (int)Math.Min(int.MaxValue, (long)count * Replicas(seen, role))));
        }
        return rooms;
    }

    private static ServingPlace? Without(ServingPlace? place, AcceleratorClaim claim)
        => place?.Accelerators is { } offers ? place with { Accelerators = [.. offers.Select(o => o.Less(claim))] } : place;

    // How many there will be is decided later, and by the room; one there must be in any case.
    private static int Replicas(ServiceObservation seen, ComponentRole role)
        => Math.Max(1, Math.Max(role.Asked(seen.Service.Spec)?.MinReplicas ?? 1, seen.Running(role.Name)?.Desired ?? 0));

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
