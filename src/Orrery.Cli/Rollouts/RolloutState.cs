using System.Text.Json.Nodes;
using Orrery.Control.Revisions;

namespace Orrery.Cli.Rollouts;

/// <summary>How far a service's last change has come, by its own conditions. Pure.</summary>
internal abstract record RolloutState(string Text)
{
    public sealed record Done(string Text) : RolloutState(Text);

    public sealed record Going(string Text) : RolloutState(Text);

    /// <summary>It goes no further until somebody does something.</summary>
    public sealed record Stuck(string Text) : RolloutState(Text);

    public static RolloutState Of(JsonObject service)
    {
        string name = $"{service["metadata"]?["name"]}";
        long generation = (long?)service["metadata"]?["generation"] ?? 0, observed = (long?)service["status"]?["observedGeneration"] ?? -1;
        if (observed < generation)
            return new Going($"{name}: the last change was not looked at yet");
        var rolledOut = Condition(service, Rollout.RolledOut);
        var ready = Condition(service, Orrery.Resources.Conditions.Ready);
        if (rolledOut is null)
        {
            // Nothing was rendered: a stage before says why, or there is nothing to roll out. What is unknown comes by waiting, such as a model that is on its way.
            string why = $"{name}: {ready?["message"] ?? "nothing was said of it yet"}";
            return ready?["status"]?.ToString() switch { "True" => new Done(why), "False" => new Stuck(why), _ => new Going(why) };
        }
        string message = $"{name}: {rolledOut["message"]}";
        return (rolledOut["status"]?.ToString(), rolledOut["reason"]?.ToString()) switch
        {
            ("True", _) => new Done(message),
            ("False", _) or (_, "Paused" or "Canary") => new Stuck(message),
            _ => new Going(message),
        };
    }

    private static JsonObject? Condition(JsonObject service, string type)
        => (service["status"]?["conditions"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(c => c["type"]?.ToString() == type);
}
