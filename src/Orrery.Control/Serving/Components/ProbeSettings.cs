using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Control.Runtimes;
using Orrery.Control.Serving.Stages;
using Orrery.Resources.Pods;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving.Components;

/// <summary>How a component's replicas show that they are up. Pure.</summary>
internal static class ProbeSettings
{
    private const long BytesPerSecond = 100_000_000;
    private const int SecondsOfADay = 86_400;

    private static readonly Probe Default = new();

    public static Probe Of(ProcessSpec process, long? modelBytes) => new()
    {
        HealthPath = process.HealthPath ?? Default.HealthPath,
        StartupTimeout = process.StartupTimeoutSeconds is { } given ? TimeSpan.FromSeconds(given) : Startup(modelBytes),
        Period = Seconds(process.HealthPeriodSeconds) ?? Default.Period,
        Timeout = Seconds(process.HealthTimeoutSeconds) ?? Default.Timeout,
        FailureThreshold = process.HealthFailureThreshold ?? Default.FailureThreshold,
    };

    /// <summary>From the container's own probes, as far as they ask over HTTP.</summary>
    public static Probe Of(ContainerSpec container, long? modelBytes)
    {
        var (ready, live, start) = (container.ReadinessProbe, container.LivenessProbe, container.StartupProbe);
        return new Probe
        {
            HealthPath = Path(ready) ?? Path(live) ?? Path(start) ?? Default.HealthPath,
            StartupTimeout = Number(start, "failureThreshold") is { } tries
                ? AtMostADay((Number(start, "initialDelaySeconds") ?? 0) + ((double)tries * (Number(start, "periodSeconds") ?? 10))) : Startup(modelBytes),
            Period = Seconds(Number(live, "periodSeconds")) ?? Default.Period,
            Timeout = Seconds(Number(live, "timeoutSeconds")) ?? Default.Timeout,
            FailureThreshold = Number(live, "failureThreshold") ?? Default.FailureThreshold,
        };
    }

    /// <summary>Ready means having answered one minimal request of the model's first capability.</summary>
    public static Probe WithFirstRequest(this Probe probe, ModelToServe model)
    {
        bool embeds = model.Capabilities is [var first, ..] && Capability.IsEmbedding(first);
        JsonObject request = embeds
            ? new JsonObject { ["model"] = model.Name, ["input"] = "a" }
            : new JsonObject { ["model"] = model.Name, ["prompt"] = "a", ["max_tokens"] = 1 };
        return probe with { FirstRequestPath = embeds ? "/v1/embeddings" : "/v1/completions", FirstRequestBody = request.ToJsonString() };
    }

    private static TimeSpan Startup(long? modelBytes) => AtMostADay(Default.StartupTimeout.TotalSeconds + ((modelBytes ?? 0) / BytesPerSecond));

    private static TimeSpan? Seconds(int? seconds) => seconds is > 0 ? AtMostADay(seconds.Value) : null;

    // A container's probes have no bounds of their own, and timers do.
    private static TimeSpan AtMostADay(double seconds) => TimeSpan.FromSeconds(Math.Min(seconds, SecondsOfADay));

    private static string? Path(JsonElement? probe)
        => Field(Field(probe, "httpGet"), "path") is { ValueKind: JsonValueKind.String } path && path.GetString() is ['/', ..] text ? text : null;

    private static int? Number(JsonElement? probe, string name)
        => Field(probe, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out int value) && value >= 0 ? value : null;

    private static JsonElement? Field(JsonElement? json, string name)
        => json is { ValueKind: JsonValueKind.Object } fields && fields.TryGetProperty(name, out var value) ? value : null;
}
