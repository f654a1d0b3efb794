using Orrery.Resources;
using Orrery.Resources.Models;

namespace Orrery.Control.Models;

/// <summary>What the status of a model says of its files' way here. Pure.</summary>
public static class ArrivalStatus
{
    /// <summary>The condition: all files are on this machine and were checked.</summary>
    public const string Arrived = "Arrived";

    /// <summary>While the files are not here.</summary>
    public static ModelStatus Without(ModelArrival arrival, ModelStatus? before, long? generation, DateTimeOffset now)
    {
        var (state, condition, progress) = arrival switch
        {
            ModelArrival.OnItsWay way => ("In_Transit", Conditions.Unknown(Arrived, way.Reason, way.Message), way.Progress),
            ModelArrival.Failed failed => ("Failed", Conditions.False(Arrived, failed.Reason, failed.Message), null),
            ModelArrival.Absent absent => ("Failed", Conditions.False(Arrived, absent.Reason, absent.Message), null),
            _ => throw new ArgumentOutOfRangeException(nameof(arrival)),
        };
        return new ModelStatus
        {
            State = state,
            Lifecycle = before?.Lifecycle,
            Download = progress,
            ObservedGeneration = generation,
            Conditions = Conditions.Stamp(before?.Conditions, [condition, condition with { Type = Conditions.Ready }], generation, now),
        };
    }

    /// <summary>What was found in the files, with where they came from.</summary>
    public static ModelStatus With(ModelStatus found, ModelArrival.Here here, ModelSpec spec, ModelStatus? before, DateTimeOffset now) => found with
    {
        Version = spec.Version,
        Revision = here.Revision,
        Digest = here.Digest,
        UnsharedBytes = here.UnsharedBytes,
        Conditions = Conditions.Stamp(
            before?.Conditions, [Conditions.True(Arrived, "FilesVerified", here.Remark), .. found.Conditions ?? []], found.ObservedGeneration, now),
    };
}
