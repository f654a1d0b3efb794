using Orrery.Gateway.Routing;
using Orrery.Wire.OpenAI;

namespace Orrery.Gateway.Requests;

/// <summary>What clients are told when no replica answered them.</summary>
internal static class PickRefusal
{
    /// <param name="route">Of the service that was asked for, as it is now; null: it is gone.</param>
    /// <param name="waited">Longest wait for a replica.</param>
    /// <returns>Null: it is not there, and the catalogue says what is.</returns>
    public static OpenAIError? Of(Pick pick, string model, ServiceRoute? route, TimeSpan waited) => pick switch
    {
        Pick.TooManyWaiting(var bound) => new(429, "too_many_waiting", $"{bound} requests already wait for '{model}', the most that may. Retry later."),
        Pick.Blocked(var why) => new(503, "not_servable", $"'{model}' cannot be served: {why}"),
        Pick.NoneReady when route is not null => NoneReady(model, route, waited),
        _ => null,
    };

    public static OpenAIError Stopping { get; } = new(503, "stopping", "The gateway stops and begins nothing new. Send the request again when it is back.");

    public static OpenAIError NobodyAnswered(string model, int tries) => new(
        502,
        "upstream_failed",
        $"'{model}': {tries} {(tries == 1 ? "attempt" : "attempts")} to reach a replica failed before the answer began. The gateway's log says why; retry later.");

    public static OpenAIError NoAnswer(string model, TimeSpan waited)
        => new(504, "upstream_timeout", $"The replica of '{model}' sent nothing for {waited.TotalSeconds:0.###} s. Send the request again.");

    /// <summary>The server elsewhere said it to this gateway: its words and its status would mean something else to the client.</summary>
    public static OpenAIError Misdirected(string model, int status, bool withKey) => new(502, "upstream_refused", status switch
    {
        < 400 => $"The server behind '{model}' answered with a redirect ({status}), and none is followed. Set spec.external.url to the address that it leads to.",
        _ when withKey => $"The server behind '{model}' refused the key that it was sent ({status}). Write a valid one into the Secret that spec.external.apiKey names.",
        _ => $"The server behind '{model}' asks for a key ({status}). Write one into a Secret and name it in spec.external.apiKey.",
    });

    public static OpenAIError Loop(int hops)
        => new(508, "loop_detected", $"This request came through {hops} gateways already, the most that may. Look for an InferenceService whose spec.external.url leads back to one of them.");

    private static OpenAIError NoneReady(string model, ServiceRoute route, TimeSpan waited) => new(
        503,
        "no_replica",
        $"'{model}' had no ready replica within {waited.TotalSeconds:0.###} s. "
        + (route.Hindrance is { } hindrance ? $"{hindrance.TrimEnd('.')}. " : "")
        + $"Retry when it is ready; the conditions of InferenceService '{route.Service.Name}' in namespace '{route.Service.Namespace}' say more "
        + $"(orrery describe isvc {route.Service.Name} -n {route.Service.Namespace}).");
}
