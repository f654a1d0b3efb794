using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orrery.Engine;
using Orrery.Replica.Draining;
using Orrery.Replica.Tools;
using Orrery.Wire.Http;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Sse;

namespace Orrery.Replica.Answers;

/// <summary>Runs one request on the model and writes the answer, whole or as a stream. A client that goes cancels the generations.</summary>
internal sealed partial class AnswerWriter(ITextModel model, ReplicaOptions options, Drain drain, ILogger log)
{
    private readonly OutputFormats _formats = new(model.Tokenizer);

    /// <param name="modelName">As the request has it.</param>
    /// <param name="tools">Null: none.</param>
    public async Task WriteAsync(
        HttpContext http, string modelName, IReadOnlyList<int> prompt, GenerationParameters parameters, AnswerShape shape, ToolUse? tools = null)
    {
        var choice = ModelChoice.Of(modelName, model.Card);
        var problem = (choice as ModelChoice.Refused)?.Error ?? Prompts.UnknownId(parameters.LogitBias.Keys, "logit_bias", model.Tokenizer);
        if (problem is not null)
        {
            await Refusal.WriteAsync(http, problem);
            return;
        }

        if (prompt.Count == 0)
        {
            await Refusal.WriteAsync(http, OpenAIError.Invalid("prompt", "The prompt is empty; this model needs at least one token to continue."));
            return;
        }

        var format = _formats.Of(parameters.Format, tools);
        if (format is OutputFormat.Refused refused)
        {
            await Refusal.WriteAsync(http, refused.Error);
            return;
        }

        var constraint = (format as OutputFormat.Ready)?.Constraint;
        int room = Math.Min(parameters.MaxTokens ?? int.MaxValue, model.Card.ContextTokens - prompt.Count);
        if (room > 0 && constraint?.NewSequence().LeastTokensToEnd is { } least && least > room)
        {
            await Refusal.WriteAsync(http, OpenAIError.Invalid("max_tokens", $"The shortest {(tools is null ? "text of this response_format" : "call of these tools")} takes about {least} tokens; there is room for {room}."));
            return;
        }

        var request = RequestOf(prompt, parameters, ((ModelChoice.Chosen)choice).Adapter) with
        {
            Constraint = constraint,
            Stop = tools is { IsOnlyCalls: true } ? [] : parameters.Stop,
        };
        await using var texts = Continuations.Start(model, Enumerable.Range(0, parameters.Choices).Select(index => ForChoice(request, index)), http.RequestAborted, drain.Over);
        // A piece is awaited before anything is sent: until then a refusal can still have its own status.
        ChoicePiece first;
        try
        {
            first = (await texts.NextAsync())!.Value;
        }
        catch (QueueFullException e)
        {
            await Refusal.WriteAsync(http, new OpenAIError(429, "queue_full", e.Message), options.RetryAfter);
            return;
        }
        catch (ContextLengthException e)
        {
            await Refusal.WriteAsync(http, new OpenAIError(400, "context_length_exceeded", e.Message, "prompt"));
            return;
        }

        if (parameters.Stream)
            await StreamAsync(http, texts, first, prompt.Count, parameters, shape);
        else
            await WholeAsync(http, texts, first, prompt.Count, parameters, shape);
    }

    private static async Task WholeAsync(
        HttpContext http, Continuations texts, ChoicePiece first, int promptTokens, GenerationParameters parameters, AnswerShape shape)
    {
        var choices = Enumerable.Range(0, parameters.Choices).Select(_ => shape.NewChoice()).ToList();
        var count = new TokenCount(promptTokens);
        for (ChoicePiece? next = first; next is var (choice, piece); next = await texts.NextAsync())
        {
            choices[choice].Add(piece);
            count.Add(choice, piece);
        }

        byte[] body = shape.Whole(choices, count.Usage);
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private async Task StreamAsync(
        HttpContext http, Continuations texts, ChoicePiece first, int promptTokens, GenerationParameters parameters, AnswerShape shape)
    {
        var ct = http.RequestAborted;
        http.Response.ContentType = SseWriter.ContentType;
        http.Response.Headers.CacheControl = "no-cache";
        var events = new SseWriter(http.Response.BodyWriter);
        var count = new TokenCount(promptTokens);
        try
        {
            for (int choice = 0; choice < parameters.Choices; choice++)
                await shape.OpenAsync(events, choice, ct);
            for (ChoicePiece? next = first; next is var (choice, piece); next = await texts.NextAsync())
            {
                count.Add(choice, piece);
                await shape.PieceAsync(events, choice, piece, ct);
            }
            if (parameters.IncludeUsage)
                await shape.UsageAsync(events, count.Usage, ct);
            await events.DoneAsync(ct);
        }
        catch (OperationCanceledException) when (drain.IsOver && !ct.IsCancellationRequested)
        {
            await events.WriteAsync(Drain.CutShort.ToUtf8(), ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogBroken(log, e);
            await events.WriteAsync(new OpenAIError(500, "internal_error", "The model failed in the middle of its answer; its log says why.").ToUtf8(), ct);
        }
    }

    /// <summary>The seeds of a request's choices follow each other, so that each text can be asked for by itself.</summary>
    private static TextRequest ForChoice(TextRequest request, int index) => request with { Sampling = request.Sampling with { Seed = unchecked(request.Sampling.Seed + index) } };

    private static TextRequest RequestOf(IReadOnlyList<int> prompt, GenerationParameters parameters, string? adapter) => new()
    {
        Prompt = prompt,
        MaxTokens = parameters.MaxTokens,
        Adapter = adapter,
        TopLogProbs = parameters.TopLogProbs,
        Sampling = new SamplingOptions
        {
            Temperature = parameters.Temperature,
            TopP = parameters.TopP,
            TopK = parameters.TopK,
            MinP = parameters.MinP,
            PresencePenalty = parameters.PresencePenalty,
            FrequencyPenalty = parameters.FrequencyPenalty,
            RepetitionPenalty = parameters.RepetitionPenalty,
            LogitBias = parameters.LogitBias,
            Seed = parameters.Seed,
        },
    };

    [LoggerMessage(LogLevel.Error, "A stream broke off: the model failed")]
    private static partial void LogBroken(ILogger log, Exception e);
}
