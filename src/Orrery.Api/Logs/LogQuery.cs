using System.Globalization;
using Microsoft.AspNetCore.Http;
using Orrery.Resources.Text;
using Orrery.Resources.Workloads;

namespace Orrery.Api.Logs;

/// <summary>What the query of a log asks for, as Kubernetes' <c>PodLogOptions</c>.</summary>
/// <param name="Request">Without a replica.</param>
/// <param name="Timestamps">Each line begins with its time.</param>
/// <param name="LimitBytes">The answer ends there. Null: no limit.</param>
internal sealed record LogQuery(LogRequest Request, bool Timestamps, long? LimitBytes)
{
    /// <returns>The query, or why it is none.</returns>
    public static (LogQuery? Query, Refusal? Refusal) Parse(IQueryCollection query, DateTimeOffset now)
    {
        var problems = new List<string>();
        bool follow = Flag(query, "follow", problems), timestamps = Flag(query, "timestamps", problems), previous = Flag(query, "previous", problems);
        long? tail = Whole(query, "tailLines", atLeast: 0, problems), limit = Whole(query, "limitBytes", atLeast: 1, problems);
        var since = Since(query, now, problems);
        if (problems.Count > 0)
            return (null, Refusal.BadRequest(string.Join("; ", problems)));
        var request = new LogRequest(follow, (int?)Math.Min(tail ?? int.MaxValue, int.MaxValue), Since: since, Runs: previous ? LogRuns.Previous : LogRuns.Current);
        return (new LogQuery(tail is null ? request with { TailLines = null } : request, timestamps, limit), null);
    }

    private static DateTimeOffset? Since(IQueryCollection query, DateTimeOffset now, List<string> problems)
    {
        var seconds = Whole(query, "sinceSeconds", atLeast: 1, problems);
        if (Text(query, "sinceTime") is not { } text)
            return seconds is { } ago ? (ago < now.ToUnixTimeSeconds() ? now.AddSeconds(-ago) : DateTimeOffset.UnixEpoch) : null;
        if (seconds is not null)
            problems.Add("sinceTime: sinceSeconds is set too; at most one of them may be");
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
            return time;
        problems.Add($"sinceTime: '{Excerpt.Of(text)}' must be a time such as 2026-01-31T12:00:00Z");
        return null;
    }

    private static bool Flag(IQueryCollection query, string name, List<string> problems)
    {
        switch (Text(query, name))
        {
            case null or "false" or "0":
                return false;
            case "true" or "1":
                return true;
            case var text:
                problems.Add($"{name}: '{Excerpt.Of(text)}' must be true or false");
                return false;
        }
    }

    private static long? Whole(IQueryCollection query, string name, long atLeast, List<string> problems)
    {
        if (Text(query, name) is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= atLeast)
            return number;
        problems.Add($"{name}: '{Excerpt.Of(text)}' must be a whole number, {atLeast} or more");
        return null;
    }

    private static string? Text(IQueryCollection query, string name) => query[name].FirstOrDefault() is { Length: > 0 } text ? text : null;
}
