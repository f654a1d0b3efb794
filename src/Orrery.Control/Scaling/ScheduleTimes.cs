using System.Globalization;
using Orrery.Resources.Serving;

namespace Orrery.Control.Scaling;

/// <summary>
/// When a schedule begins and ends, by the clocks of its time zone. A time that a clock skips is the moment of the jump; one that it shows twice is the first of
/// both. Begin and end go by the same rule, so that schedules that adjoin on the clock adjoin in time. Pure.
/// </summary>
internal static class ScheduleTimes
{
    // Clocks were once put forward by a whole day, when a country changed to the other side of the date line.
    private const int LongestJumpMinutes = 24 * 60;

    public static bool Covers(ScaleSchedule schedule, DateTimeOffset now) => Around(schedule, now).Any(t => t.From <= now && now < t.To);

    /// <summary>The next begin or end after now; null: there is none within a week.</summary>
    public static DateTimeOffset? NextChange(ScaleSchedule schedule, DateTimeOffset now)
        => Around(schedule, now).SelectMany(t => new[] { t.From, t.To }).Where(t => t > now).Select(t => (DateTimeOffset?)t).Min();

    private static IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Around(ScaleSchedule schedule, DateTimeOffset now)
    {
        // What is stored was checked; a machine that lacks the zone all the same goes by UTC.
        var zone = schedule.TimeZone is { } name && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found) ? found : TimeZoneInfo.Utc;
        var (from, to) = (TimeOfDay(schedule.From), TimeOfDay(schedule.To));
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        for (int offset = -2; offset <= 8; offset++)
        {
            var day = today.AddDays(offset);
            if (schedule.Days is { Count: > 0 } days && !days.Contains(day.DayOfWeek.ToString()[..3]))
                continue;
            yield return (Moment(zone, day.ToDateTime(from)), Moment(zone, (to <= from ? day.AddDays(1) : day).ToDateTime(to)));
        }
    }

    private static TimeOnly TimeOfDay(string? text) => TimeOnly.ParseExact(text!, "HH:mm", CultureInfo.InvariantCulture);

    private static DateTimeOffset Moment(TimeZoneInfo zone, DateTime clock)
    {
        for (int minutes = 0; minutes < LongestJumpMinutes && zone.IsInvalidTime(clock); minutes++)
            clock = clock.AddMinutes(1);
        // The larger offset is the earlier moment.
        var offset = zone.IsAmbiguousTime(clock) ? zone.GetAmbiguousTimeOffsets(clock).Max() : zone.GetUtcOffset(clock);
        return new DateTimeOffset(clock, offset);
    }
}
