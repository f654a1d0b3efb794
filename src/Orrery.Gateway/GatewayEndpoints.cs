using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orrery.Gateway.Relaying;
using Orrery.Gateway.Requests;
using Orrery.Gateway.Telemetry;
using Orrery.Gateway.Translation;
using Orrery.Platform.Access;
using Orrery.Wire.Anthropic;
using Orrery.Wire.Http;
using Orrery.Wire.Metrics;
using Orrery.Wire.OpenAI;

namespace Orrery.Gateway;

/// <summary>Marks the endpoints that answer without a key. Everything else asks for one.</summary>
public sealed class OpenToAll
{
    private OpenToAll()
    {
    }

    public static OpenToAll Mark { get; } = new();
}

/// <summary>The gateway's paths. Each is either behind a key or says that it is open; there is no third kind.</summary>
public static class GatewayEndpoints
{
    public static void MapGateway(this IEndpointRouteBuilder app, FrontDoor door)
    {
        foreach (string path in new[] { "/v1/completions", "/v1/chat/completions", "/v1/embeddings", "/v1/tokenize", "/v1/detokenize" })
            app.MapMethods(path, ["POST"], Keyed(door, door.Inference.HandleAsync));
        app.MapMethods("/v1/messages", ["POST"], Translated(door, AnthropicError.Of, (http, caller, response) => door.Translated.HandleAsync(http, caller, response, body => new(MessagesRequest.Read(body)))));
        app.MapMethods(
            "/v1/messages/count_tokens", ["POST"], Translated(door, AnthropicError.Of, (http, caller, response) => door.Translated.HandleAsync(http, caller, response, body => new(MessagesRequest.ReadCount(body)))));
        app.MapMethods("/v1/responses", ["POST"], Translated(door, errors: null, door.Responses.CreateAsync));
        app.MapMethods("/v1/responses/{id}", ["GET"], Keyed(door, door.Responses.GetAsync));
        app.MapMethods("/v1/responses/{id}", ["DELETE"], Keyed(door, door.Responses.DeleteAsync));
        app.MapMethods("/v1/responses/{id}/input_items", ["GET"], Keyed(door, door.Responses.ListInputAsync));
        app.MapMethods("/v1/models", ["GET"], Keyed(door, (http, caller) => ListModelsAsync(http, caller, door)));
        app.MapMethods("/v1/models/{**id}", ["GET"], Keyed(door, (http, caller) => GetModelAsync(http, caller, door)));
        app.MapFallback("/v1/{**rest}", Keyed(door, (http, _) => NoSuchPathAsync(http)));

        app.MapMethods("/metrics", ["GET"], Keyed(door, (http, caller) => ShowMetricsAsync(http, caller, door)));
        app.MapMethods("/healthz", ["GET"], Uncounted(door, AliveAsync)).WithMetadata(OpenToAll.Mark);
        app.MapFallback("/{**rest}", Open(door, NoSuchPathAsync)).WithMetadata(OpenToAll.Mark);
    }

    private static async Task ListModelsAsync(HttpContext http, Caller caller, FrontDoor door)
    {
        if (await Callers.MayAsync(http, caller, new AccessRequest("list", "models")))
            await http.Response.WriteAsJsonAsync(ModelCatalog.List(caller, door.Router.Table), WireJson.Wire.ModelList);
    }

    private static async Task GetModelAsync(HttpContext http, Caller caller, FrontDoor door)
    {
        // Clients escape ids, and an escaped slash reaches us as it was sent.
        string id = ((string?)http.Request.RouteValues["id"] ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var name = ModelName.Parse(id);
        if (!await Callers.MayAsync(http, caller, new AccessRequest("get", "models", name.Service.Namespace, name.Service.Name)))
            return;
        if (ModelCatalog.Missing(id, name, caller, door.Router.Table, out var route) is { } missing)
            await Refusal.WriteAsync(http, missing);
        else
            await http.Response.WriteAsJsonAsync(ModelCatalog.Entry(route!, name.Weights), WireJson.Wire.ModelEntry);
    }

    private static async Task ShowMetricsAsync(HttpContext http, Caller caller, FrontDoor door)
    {
        if (!await Callers.MayAsync(http, caller, new AccessRequest("get", "") { Path = "/metrics" }))
            return;
        http.Response.ContentType = PrometheusText.ContentType;
        await http.Response.WriteAsync(PrometheusText.Of(door.Metrics.Read()), http.RequestAborted);
    }

    /// <summary>States nothing but that the gateway runs.</summary>
    private static Task AliveAsync(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync("""{"status":"ok"}""");
    }

    private static Task NoSuchPathAsync(HttpContext http)
        => Refusal.WriteAsync(http, OpenAIError.NoSuchPath(http.Request.Method, http.Request.Path));

    private static RequestDelegate Keyed(FrontDoor door, Func<HttpContext, Caller, Task> answer) => Open(door, async http =>
    {
        if (await door.Callers.AuthenticateAsync(http) is { } caller)
            await answer(http, caller);
    });

    /// <summary>Behind a key, and answered as another API has it.</summary>
    /// <param name="errors">Its shape of errors; null: OpenAI's.</param>
    private static RequestDelegate Translated(
        FrontDoor door, Func<int, ReadOnlyMemory<byte>, byte[]>? errors, Func<HttpContext, Caller, TranslatedResponse, Task> answer)
    {
        return http =>
        {
            Name(http);
            return door.Exchanges.RunAsync(http, _ => AnswerAsync(http, TranslatedResponse.Install(http, errors)));
        };

        Task AnswerAsync(HttpContext http, TranslatedResponse response) => ErrorBoundary.RunAsync(
            http,
            async _ =>
            {
                if (await door.Callers.AuthenticateAsync(http) is { } caller)
                    await answer(http, caller, response);
                await response.FinishAsync();
                Exchange.Of(http).Handled = true;
            },
            door.Log,
            async bad =>
            {
                response.Drop();
                await Refusal.WriteAsync(http, ErrorBoundary.ErrorOf(bad));
                await response.FinishAsync();
            });
    }

    private static RequestDelegate Open(FrontDoor door, RequestDelegate answer) => http =>
    {
        Name(http);
        return door.Exchanges.RunAsync(http, _ => ErrorBoundary.RunAsync(http, Handled, door.Log));

        async Task Handled(HttpContext http)
        {
            await answer(http);
            Exchange.Of(http).Handled = true;
        }
    };

    /// <summary>Health checks come every few seconds: in figures and logs they would hide the requests.</summary>
    private static RequestDelegate Uncounted(FrontDoor door, RequestDelegate answer) => http =>
    {
        Name(http);
        return ErrorBoundary.RunAsync(http, answer, door.Log);
    };

    private static void Name(HttpContext http) => http.Response.Headers[RelayedHeaders.RequestId] = $"req_{Guid.NewGuid():N}";
}
