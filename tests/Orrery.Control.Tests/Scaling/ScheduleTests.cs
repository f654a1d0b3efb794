using System.Globalization;
using Orrery.Control.Scaling;
using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Resources.Serving;

namespace Orrery.Control.Tests.Scaling;

public sealed class ScheduleTests
{
    private static ScaleSchedule Nights { get; } = new() { From = "22:00", To = "06:00", MinReplicas = 0, MaxReplicas = 0 };

    // 29 March 2026: clocks in Berlin go from 02:00 to 03:00. 25 October 2026: from 03:00 back to 02:00.
    [Theory]
    [InlineData("before it begins",                    "Mon", "08:00", "18:00", null,            "2026-02-02T07:59:59Z", false, "2026-02-02T08:00:00Z")]
    [InlineData("from its beginning",                  "Mon", "08:00", "18:00", null,            "2026-02-02T08:00:00Z", true,  "2026-02-02T18:00:00Z")]
    [InlineData("its end is out of it",                "Mon", "08:00", "18:00", null,            "2026-02-02T18:00:00Z", false, "2026-02-09T08:00:00Z")]
    [InlineData("another day",                         "Mon", "08:00", "18:00", null,            "2026-02-03T12:00:00Z", false, "2026-02-09T08:00:00Z")]
    [InlineData("every day",                           null,  "08:00", "18:00", null,            "2026-02-03T12:00:00Z", true,  "2026-02-03T18:00:00Z")]
    [InlineData("over midnight, the next day",         "Fri", "22:00", "06:00", null,            "2026-02-07T05:00:00Z", true,  "2026-02-07T06:00:00Z")]
    [InlineData("over midnight, the day before",       "Sat", "22:00", "06:00", null,            "2026-02-07T05:00:00Z", false, "2026-02-07T22:00:00Z")]
    [InlineData("equal times are a whole day",         "Sat", "00:00", "00:00", null,            "2026-02-07T23:59:00Z", true,  "2026-02-08T00:00:00Z")]
    [InlineData("by the zone's clock in winter",       null,  "08:00", "18:00", "Europe/Berlin", "2026-02-03T07:30:00Z", true,  "2026-02-03T17:00:00Z")]
    [InlineData("by the zone's clock in summer",       null,  "08:00", "18:00", "Europe/Berlin", "2026-07-03T06:30:00Z", true,  "2026-07-03T16:00:00Z")]
    [InlineData("the zone's day of the week",          "Sat", "00:00", "06:00", "Europe/Berlin", "2026-02-06T23:30:00Z", true,  "2026-02-07T05:00:00Z")]
    [InlineData("a skipped begin is the jump",         null,  "02:30", "05:00", "Europe/Berlin", "2026-03-29T00:59:00Z", false, "2026-03-29T01:00:00Z")]
    [InlineData("after the jump",                      null,  "02:30", "05:00", "Europe/Berlin", "2026-03-29T01:00:00Z", true,  "2026-03-29T03:00:00Z")]
    [InlineData("a skipped end is the jump",           null,  "01:00", "02:30", "Europe/Berlin", "2026-03-29T00:59:00Z", true,  "2026-03-29T01:00:00Z")]
    [InlineData("a time shown twice is the first",     null,  "02:30", "05:00", "Europe/Berlin", "2026-10-25T00:29:00Z", false, "2026-10-25T00:30:00Z")]
    [InlineData("it began at the first and goes on",   null,  "02:30", "05:00", "Europe/Berlin", "2026-10-25T01:15:00Z", true,  "2026-10-25T04:00:00Z")]
    [InlineData("it ended at the first",               null,  "00:00", "02:30", "Europe/Berlin", "2026-10-25T00:45:00Z", false, "2026-10-25T23:00:00Z")]
    public void A_schedule_goes_by_the_clock_of_its_zone(string because, string? day, string from, string to, string? zone, string at, bool covers, string next)
    {
        var schedule = new ScaleSchedule { Days = day is null ? null : [day], From = from, To = to, TimeZone = zone };
        var now = Time(at);

        Assert.True(covers == ScheduleTimes.Covers(schedule, now), because);
        Assert.True(Time(next) == ScheduleTimes.NextChange(schedule, now), $"{because}: {ScheduleTimes.NextChange(schedule, now):O}");
    }

    [Fact]
    public void Schedules_that_adjoin_on_the_clock_cover_every_moment_once_also_when_clocks_jump()
    {
        ScaleSchedule[] day = [.. new[] { ("00:00", "02:30"), ("02:30", "03:00"), ("03:00", "00:00") }.Select(t => new ScaleSchedule { From = t.Item1, To = t.Item2, TimeZone = "Europe/Berlin" })];
        foreach (string date in new[] { "2026-03-28T20:00:00Z", "2026-10-24T20:00:00Z" })
        {
            for (var now = Time(date); now < Time(date).AddHours(36); now += TimeSpan.FromMinutes(10))
                Assert.Single(day, s => ScheduleTimes.Covers(s, now));
        }
    }

    [Fact]
    public void The_first_schedule_that_covers_the_moment_sets_the_bounds_and_they_are_looked_at_when_it_ends()
    {
        var component = new ComponentSpec
        {
            MinReplicas = 2, MaxReplicas = 4, Schedules = [Nights, new ScaleSchedule { From = "20:00", To = "23:00", MinReplicas = 6 }],
        };
        var load = new Load(component);
        var busy = new ServiceDemand(5, 0, 0, Time("2026-02-03T19:00:00Z"));

        Assert.Equal(2, load.At(Time("2026-02-03T19:00:00Z"), ServiceDemand.None).Replicas);
        Assert.Equal(TimeSpan.FromHours(1), load.Last.LookAgain);
        Assert.Equal(6, load.At(Time("2026-02-03T20:00:00Z"), ServiceDemand.None).Replicas);
        // None at all, whatever is asked.
        Assert.Equal(0, load.At(Time("2026-02-03T22:30:00Z"), busy).Replicas);
        Assert.Equal(2, load.At(Time("2026-02-04T06:00:00Z"), ServiceDemand.None).Replicas);
    }

    [Fact]
    public void A_zone_that_nobody_knows_is_refused_by_name()
    {
        var service = new InferenceService
        {
            Metadata = new Metadata { Name = "s" },
            Spec = new InferenceServiceSpec
            {
                Model = new ModelReference { Name = "m" }, Engine = new ComponentSpec { Schedules = [Nights, Nights with { TimeZone = "Europe/Atlantis" }] },
            },
        };

        Assert.Contains(service.Problems(), p => p.StartsWith("spec.engine.schedules[1].timeZone: 'Europe/Atlantis'", StringComparison.Ordinal));
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
