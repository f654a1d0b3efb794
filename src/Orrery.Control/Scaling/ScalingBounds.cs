using Orrery.Resources.Serving;

namespace Orrery.Control.Scaling;

/// <summary>Between which numbers of replicas scaling chooses now, and until when these hold. Pure.</summary>
/// <param name="Least">0: none while there is no demand.</param>
/// <param name="Most">0: none at all.</param>
/// <param name="Until">Null: for ever.</param>
internal readonly record struct ScalingBounds(int Least, int Most, DateTimeOffset? Until)
{
    /// <summary>Those of the first schedule that covers the moment, else the component's own.</summary>
    public static ScalingBounds At(ComponentSpec component, DateTimeOffset now)
    {
        int own = component.MinReplicas ?? 1;
        int least = own, most = component.MaxReplicas ?? Math.Max(1, own);
        var schedules = component.Schedules ?? [];
        if (schedules.FirstOrDefault(s => ScheduleTimes.Covers(s, now)) is { } schedule)
        {
            // Where a schedule says one of both, that one wins over the component's other; where it says both and they contradict, the upper bound does.
            most = schedule.MaxReplicas ?? Math.Max(most, schedule.MinReplicas ?? 0);
            least = Math.Min(schedule.MinReplicas ?? own, most);
        }
        return new ScalingBounds(least, most, schedules.Select(s => ScheduleTimes.NextChange(s, now)).Min());
    }
}
