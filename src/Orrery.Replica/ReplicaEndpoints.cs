using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Orrery.Engine;
using Orrery.Models.Tokenizers.Patterns;
using Orrery.Replica.Answers;
using Orrery.Replica.Blocks;
using Orrery.Replica.Draining;
using Orrery.Replica.Metrics;
using Orrery.Replica.Tokens;
using Orrery.Replica.Tools;
using Orrery.Wire.Http;
using Orrery.Wire.OpenAI;
using Orrery.Wire.OpenAI.Tools;

namespace Orrery.Replica;

/// <summary>The paths that a replica answers. It has one model: any model name is accepted and echoed, and chooses an adapter by <see cref="ModelChoice"/>.</summary>
internal static class ReplicaEndpoints
{
    public static void MapReplica(
        this IEndpointRouteBuilder app, ITextModel model, WarmUp warmUp, Drain drain, ReplicaOptions options, TimeProvider time, ILoggerFactory logs)
    {
        var log = logs.CreateLogger("Orrery.Replica");
        var answers = new AnswerWriter(model, options, drain, log);
        var prompts = new ChatPrompts(model, time, log);
        var tokens = new TokenAnswers(model.Tokenizer, model.Card.ContextTokens, prompts);
        var blocks = new BlockEvents(model, options, drain, time);

        Work("/v1/completions", http => BoundedAsync(http, () => CompleteAsync(http, model, answers, options, time)));
        Work("/v1/chat/completions", http => BoundedAsync(http, () => ChatAsync(http, model, prompts, answers, options, time)));
        Work("/v1/tokenize", http => BoundedAsync(http, () => WithBodyAsync(http, options, time, tokens.TokenizeAsync)));
        Work("/v1/detokenize", http => WithBodyAsync(http, options, time, tokens.DetokenizeAsync));
        Map("GET", "/v1/models", http => ListModelsAsync(http, model, time.GetUtcNow()));
        Map("GET", "/v1/kv/events", blocks.FollowAsync);
        Map("GET", "/health", http => HealthAsync(http, warmUp, drain));
        Map("GET", "/metrics", http => MetricsEndpoint.WriteAsync(http, model.Card.Name, model.Statistics));
        app.MapFallback("{**path}", http => ErrorBoundary.RunAsync(http, NoSuchPathAsync, log));

        void Work(string path, RequestDelegate answer) => Map("POST", path, ReplicaSpans.Around(path, model.Card.Name, http => drain.AdmitAsync(http, answer)));

        void Map(string method, string path, RequestDelegate answer)
            => app.MapMethods(path, [method], http => ErrorBoundary.RunAsync(http, answer, log));
    }

    private static async Task CompleteAsync(HttpContext http, ITextModel model, AnswerWriter answers, ReplicaOptions options, TimeProvider time)
    {
        if (await BodyAsync(http, options, time) is not { } body)
            return;
        switch (CompletionRequest.Read(body))
        {
            case ReadOutcome<CompletionRequest>.Refused refused:
                await Refusal.WriteAsync(http, refused.Error);
                break;
            case ReadOutcome<CompletionRequest>.Ok { Request: var request }:
                if (Prompts.Problem(request.Prompt, model.Tokenizer) is { } problem)
                    await Refusal.WriteAsync(http, problem);
                else
                    await answers.WriteAsync(
                        http, request.Model, Prompts.Tokens(request.Prompt, model.Tokenizer), request.Parameters, new CompletionShape(request, model.Tokenizer, time));
                break;
        }
    }

    private static async Task ChatAsync(HttpContext http, ITextModel model, ChatPrompts prompts, AnswerWriter answers, ReplicaOptions options, TimeProvider time)
    {
        if (await BodyAsync(http, options, time) is not { } body)
            return;
        switch (ChatRequest.Read(body))
        {
            case ReadOutcome<ChatRequest>.Refused refused:
                await Refusal.WriteAsync(http, refused.Error);
                break;
            case ReadOutcome<ChatRequest>.Ok { Request: var request }:
                switch (prompts.Of(request.Messages, request.Tools))
                {
                    case ChatPrompt.Refused unfit:
                        await Refusal.WriteAsync(http, unfit.Error);
                        break;
                    case ChatPrompt.Tokens prompt:
                        var tools = request.Tools is null or { Mode: ToolMode.None } ? null : new ToolUse(request.Tools, prompts.CallForm, request.Parameters.Format);
                        await answers.WriteAsync(http, request.Model, prompt.Ids, request.Parameters, new ChatShape(request, tools, model.Tokenizer, time), tools);
                        break;
                }
                break;
        }
    }

    /// <summary>A text that this model's tokenizer cannot cut in bounded time is the client's to shorten.</summary>
    internal static async Task BoundedAsync(HttpContext http, Func<Task> answer)
    {
        try
        {
            await answer();
        }
        catch (PatternTimeException e) when (!http.Response.HasStarted)
        {
            await Refusal.WriteAsync(http, new OpenAIError(400, "text_too_costly", e.Message));
        }
    }

    private static Task ListModelsAsync(HttpContext http, ITextModel model, DateTimeOffset now)
    {
        long created = now.ToUnixTimeSeconds();
        var adapters = model.Card.Adapters.Select(name => new ModelEntry(name, created, "orrery", Parent: model.Card.Name));
        return http.Response.WriteAsJsonAsync(new ModelList([new ModelEntry(model.Card.Name, created, "orrery"), .. adapters]), WireJson.Wire.ModelList);
    }

    internal static Task HealthAsync(HttpContext http, WarmUp warmUp, Drain drain)
    {
        if (drain.IsDraining)
            return drain.RefuseAsync(http, Drain.Refused);
        if (!warmUp.Done)
            return Refusal.WriteAsync(http, new OpenAIError(503, "warming_up", "The model has not computed its first token yet."), TimeSpan.FromSeconds(1));
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync("""{"status":"ok"}""");
    }

    internal static Task NoSuchPathAsync(HttpContext http)
        => Refusal.WriteAsync(http, OpenAIError.NoSuchPath(http.Request.Method, http.Request.Path));

    internal static async Task WithBodyAsync(HttpContext http, ReplicaOptions options, TimeProvider time, Func<HttpContext, ReadOnlyMemory<byte>, Task> answer)
    {
        if (await BodyAsync(http, options, time) is { } body)
            await answer(http, body);
    }

    /// <summary>Null: the answer is already written.</summary>
    private static async Task<ReadOnlyMemory<byte>?> BodyAsync(HttpContext http, ReplicaOptions options, TimeProvider time)
    {
        // Whatever the content type says: curl -d calls everything a form.
        if (await RequestBody.ReadAsync(http, options.MaxBodyBytes) is RequestBody.Whole whole)
            return whole.Bytes;
        await Refusal.BodyTooLargeAsync(http, options.MaxBodyBytes, time);
        return null;
    }
}
