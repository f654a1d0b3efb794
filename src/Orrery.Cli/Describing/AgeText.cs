using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Resources.Text;

namespace Orrery.Cli.Describing;

/// <summary>Times as people ask for them: how long ago.</summary>
internal static class AgeText
{
    /// <summary>As in tables (<see cref="Age"/>); empty for what is no time.</summary>
    public static string Since(JsonNode? time, DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParse(time?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var then))
            return "";
        // Clocks of two machines differ a little.
        return Age.Text(now > then ? now - then : TimeSpan.Zero);
    }
}
