using System.Globalization;
using System.Text.Json.Nodes;

namespace Orrery.Cli.Describing;

/// <summary>Times as people ask for them: how long ago.</summary>
internal static class AgeText
{
    /// <summary><c>40s</c>, <c>12m</c>, <c>7h</c>, <c>3d</c>; empty for what is no time.</summary>
    public static string Since(JsonNode? time, DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParse(time?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var then))
            return "";
        // Clocks of two machines differ a little.
        var age = now > then ? now - then : TimeSpan.Zero;
        return age switch
        {
            { TotalSeconds: < 120 } => $"{(int)age.TotalSeconds}s",
            { TotalMinutes: < 120 } => $"{(int)age.TotalMinutes}m",
            { TotalHours: < 48 } => $"{(int)age.TotalHours}h",
            _ => $"{(int)age.TotalDays}d",
        };
    }
}
