using System.Globalization;
using System.Text.Json;
using Orrery.Control.Scaling;

namespace Orrery.Control.Serving.Components;

/// <summary>How far a rollout may go above and below the wanted number of replicas, as a Deployment's strategy says it. Pure.</summary>
internal sealed record ReplacementBounds(int Surge, int Unavailable)
{
    /// <summary>One above, none below.</summary>
    private static readonly ReplacementBounds Default = new(1, 0);

    /// <param name="strategy"><c>type</c> and <c>rollingUpdate</c>; null: the default.</param>
    /// <param name="replicas">Shares are of these: of the surge rounded up, of the unavailable ones down.</param>
    /// <returns>Bounds, or what is wrong, with the path below <paramref name="field"/>.</returns>
    public static (ReplacementBounds? Bounds, string? Problem) Of(JsonElement? strategy, int replicas, string field)
    {
        if (strategy is not { ValueKind: JsonValueKind.Object } said)
            return (Default, null);
        string type = said.TryGetProperty("type", out var t) && t.ValueKind == JsonValueKind.String ? t.GetString()! : "RollingUpdate";
        bool rolls = said.TryGetProperty("rollingUpdate", out var rolling) && rolling.ValueKind == JsonValueKind.Object;
        switch (type)
        {
            case "Recreate" when rolls:
                return (null, $"{field}.rollingUpdate: must not be set beside type Recreate");
            case "Recreate":
                return (new ReplacementBounds(0, Math.Max(1, replicas)), null);
            case "RollingUpdate":
                return rolls ? Rolling(rolling, replicas, $"{field}.rollingUpdate") : (Default, null);
            default:
                return (null, $"{field}.type: '{type}' must be RollingUpdate or Recreate");
        }
    }

    /// <summary>Whether the service itself says that no replica which answers may be missing.</summary>
    public static bool KeepsAll(JsonElement? strategy)
        => strategy is { ValueKind: JsonValueKind.Object } said && said.TryGetProperty("rollingUpdate", out var rolling) && rolling.ValueKind == JsonValueKind.Object
            && rolling.TryGetProperty("maxUnavailable", out var most) && most.ValueKind is not JsonValueKind.Null && Amount(rolling, "maxUnavailable", 1, "").Amount.Number == 0;

    private static (ReplacementBounds?, string?) Rolling(JsonElement rolling, int replicas, string field)
    {
        var (surge, badSurge) = Amount(rolling, "maxSurge", Default.Surge, $"{field}.maxSurge");
        var (below, badBelow) = Amount(rolling, "maxUnavailable", Default.Unavailable, $"{field}.maxUnavailable");
        if ((badSurge ?? badBelow) is { } bad)
            return (null, bad);
        if (below is { IsShare: true, Number: > 100 })
            return (null, $"{field}.maxUnavailable: must not be above 100%");
        if (surge.Number == 0 && below.Number == 0)
            return (null, $"{field}: maxSurge and maxUnavailable must not both be 0, since no replica could be replaced; set one of them to 1");
        var bounds = new ReplacementBounds(surge.Of(replicas, up: true), below.Of(replicas, up: false));
        // Both 0 by rounding alone: as of Deployments one may be missing.
        return (bounds is { Surge: 0, Unavailable: 0 } ? bounds with { Unavailable = 1 } : bounds, null);
    }

    private static (Amounts Amount, string? Problem) Amount(JsonElement rolling, string name, int unset, string field)
    {
        if (!rolling.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return (new Amounts(unset, false), null);
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= 0)
            return (new Amounts(number, false), null);
        if (value.ValueKind == JsonValueKind.String && value.GetString() is [.. var digits, '%']
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int percent) && percent <= 1000)
            return (new Amounts(percent, true), null);
        return (default, $"{field}: {value.GetRawText()} must be a number such as 1 or a share such as \"25%\"");
    }

    private readonly record struct Amounts(int Number, bool IsShare)
    {
        // No workload has more replicas: a larger number says nothing else, and sums of a few of these still are numbers.
        public int Of(int replicas, bool up)
            => !IsShare ? Math.Min(Number, ScalingPlan.MaxReplicas) : (int)(up ? Math.Ceiling(Number * (double)replicas / 100) : Math.Floor(Number * (double)replicas / 100));
    }
}
