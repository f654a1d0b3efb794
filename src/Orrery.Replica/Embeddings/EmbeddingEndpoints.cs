using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Orrery.Engine;
using Orrery.Replica.Draining;
using Orrery.Replica.Metrics;
using Orrery.Replica.Tokens;
using Orrery.Wire.Http;
using Orrery.Wire.OpenAI;

namespace Orrery.Replica.Embeddings;

/// <summary>The paths that a replica with an embedding model answers. Any model name is accepted and echoed.</summary>
internal static class EmbeddingEndpoints
{
    public static void MapEmbeddings(
        this IEndpointRouteBuilder app, IEmbeddingModel model, WarmUp warmUp, Drain drain, ReplicaOptions options, TimeProvider time, ILoggerFactory logs)
    {
        var log = logs.CreateLogger("Orrery.Replica");
        var answers = new EmbeddingAnswers(model, options, drain);
        var tokens = new TokenAnswers(model.Tokenizer, model.Card.ContextTokens, prompts: null);

        Work("/v1/embeddings", http => ReplicaEndpoints.BoundedAsync(http, () => ReplicaEndpoints.WithBodyAsync(http, options, time, answers.EmbedAsync)));
        Map("POST", "/v1/completions", http => NoTextAsync(http, model));
        Map("POST", "/v1/chat/completions", http => NoTextAsync(http, model));
        Work("/v1/tokenize", http => ReplicaEndpoints.BoundedAsync(http, () => ReplicaEndpoints.WithBodyAsync(http, options, time, tokens.TokenizeAsync)));
        Work("/v1/detokenize", http => ReplicaEndpoints.WithBodyAsync(http, options, time, tokens.DetokenizeAsync));
        Map("GET", "/v1/models", http => ListModelsAsync(http, model, time.GetUtcNow()));
        Map("GET", "/health", http => ReplicaEndpoints.HealthAsync(http, warmUp, drain));
        Map("GET", "/metrics", http => MetricsEndpoint.WriteAsync(http, model.Card.Name, model.Statistics));
        app.MapFallback("{**path}", http => ErrorBoundary.RunAsync(http, ReplicaEndpoints.NoSuchPathAsync, log));

        void Work(string path, RequestDelegate answer) => Map("POST", path, ReplicaSpans.Around(path, model.Card.Name, http => drain.AdmitAsync(http, answer)));

        void Map(string method, string path, RequestDelegate answer)
            => app.MapMethods(path, [method], http => ErrorBoundary.RunAsync(http, answer, log));
    }

    private static Task NoTextAsync(HttpContext http, IEmbeddingModel model)
        => Refusal.WriteAsync(http, new OpenAIError(400, "not_a_text_model", $"{model.Card.Name} makes embeddings and no text. POST /v1/embeddings asks it.", "model"));

    private static Task ListModelsAsync(HttpContext http, IEmbeddingModel model, DateTimeOffset now)
        => http.Response.WriteAsJsonAsync(
            new ModelList([new ModelEntry(model.Card.Name, now.ToUnixTimeSeconds(), "orrery")]), WireJson.Wire.ModelList);
}
