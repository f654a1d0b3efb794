using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orrery.Engine;
using Orrery.Wire.Http;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Sse;

namespace Orrery.Replica.Answers;

/// <summary>Runs one request on the model and writes the answer, whole or as a stream. A client that goes cancels the generation.</summary>
internal sealed partial class AnswerWriter(ITextModel model, ReplicaOptions options, ILogger log)
{
    /// <param name="modelName">As the request has it.</param>
    public async Task WriteAsync(HttpContext http, string modelName, IReadOnlyList<int> prompt, GenerationParameters parameters, AnswerShape shape)
    {
        var choice = ModelChoice.Of(modelName, model.Card);
        if (choice is ModelChoice.Refused refused)
        {
            await Refusal.WriteAsync(http, refused.Error);
            return;
        }

        if (prompt.Count == 0)
        {
            await Refusal.WriteAsync(http, OpenAIError.Invalid("prompt", "The prompt is empty; this model needs at least one token to continue."));
            return;
        }

        await using var pieces = model.GenerateAsync(RequestOf(prompt, parameters, ((ModelChoice.Chosen)choice).Adapter), http.RequestAborted).GetAsyncEnumerator(http.RequestAborted);
        // The first piece is awaited before anything is sent: until then a refusal can still have its own status.
        try
        {
            await NextAsync(pieces);
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
            await StreamAsync(http, pieces, prompt.Count, parameters.IncludeUsage, shape);
        else
            await WholeAsync(http, pieces, prompt.Count, shape);
    }

    private static async Task WholeAsync(HttpContext http, IAsyncEnumerator<TextPiece> pieces, int promptTokens, AnswerShape shape)
    {
        var text = new StringBuilder();
        int tokens = 0;
        FinishReason finish;
        while (true)
        {
            text.Append(pieces.Current.Text);
            tokens += pieces.Current.Token is null ? 0 : 1;
            if (pieces.Current.Finish is { } reason)
            {
                finish = reason;
                break;
            }
            await NextAsync(pieces);
        }

        byte[] body = shape.Whole(text.ToString(), finish, new Usage(promptTokens, tokens));
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private async Task StreamAsync(HttpContext http, IAsyncEnumerator<TextPiece> pieces, int promptTokens, bool includeUsage, AnswerShape shape)
    {
        var ct = http.RequestAborted;
        http.Response.ContentType = SseWriter.ContentType;
        http.Response.Headers.CacheControl = "no-cache";
        var events = new SseWriter(http.Response.BodyWriter);
        int tokens = 0;
        try
        {
            await shape.OpenAsync(events, ct);
            while (true)
            {
                var piece = pieces.Current;
                tokens += piece.Token is null ? 0 : 1;
                if (piece.Text.Length > 0 || piece.Finish is not null)
                    await shape.PieceAsync(events, piece.Text, piece.Finish, ct);
                if (piece.Finish is not null)
                    break;
                await NextAsync(pieces);
            }
            if (includeUsage)
                await shape.UsageAsync(events, new Usage(promptTokens, tokens), ct);
            await events.DoneAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogBroken(log, e);
            await events.WriteAsync(new OpenAIError(500, "internal_error", "The model failed in the middle of its answer; its log says why.").ToUtf8(), ct);
        }
    }

    private static async ValueTask NextAsync(IAsyncEnumerator<TextPiece> pieces)
    {
        if (!await pieces.MoveNextAsync())
            throw new InvalidOperationException("The model ended a text without a finish reason.");
    }

    private static TextRequest RequestOf(IReadOnlyList<int> prompt, GenerationParameters parameters, string? adapter) => new()
    {
        Prompt = prompt,
        MaxTokens = parameters.MaxTokens,
        Stop = parameters.Stop,
        Adapter = adapter,
        Sampling = new SamplingOptions
        {
            Temperature = parameters.Temperature,
            TopP = parameters.TopP,
            TopK = parameters.TopK,
            Seed = parameters.Seed,
        },
    };

    [LoggerMessage(LogLevel.Error, "A stream broke off: the model failed")]
    private static partial void LogBroken(ILogger log, Exception e);
}
