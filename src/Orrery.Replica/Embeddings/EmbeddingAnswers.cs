using Microsoft.AspNetCore.Http;
using Orrery.Engine;
using Orrery.Replica.Answers;
using Orrery.Replica.Draining;
using Orrery.Wire.Http;
using Orrery.Wire.OpenAI;

namespace Orrery.Replica.Embeddings;

/// <summary>Makes the vectors that one request asks for, and writes them. A client that goes ends the work.</summary>
internal sealed class EmbeddingAnswers(IEmbeddingModel model, ReplicaOptions options, Drain drain)
{
    public async Task EmbedAsync(HttpContext http, ReadOnlyMemory<byte> body)
    {
        switch (EmbeddingRequest.Read(body))
        {
            case ReadOutcome<EmbeddingRequest>.Refused refused:
                await Refusal.WriteAsync(http, refused.Error);
                break;
            case ReadOutcome<EmbeddingRequest>.Ok { Request: var request }:
                if (Problem(request) is { } problem)
                    await Refusal.WriteAsync(http, problem);
                else
                    await AnswerAsync(http, request);
                break;
        }
    }

    private async Task AnswerAsync(HttpContext http, EmbeddingRequest request)
    {
        var texts = request.Inputs.Select(input => Prompts.Tokens(input, model.Tokenizer)).ToList();
        if (texts.FindIndex(text => text.Count == 0) is >= 0 and var empty)
        {
            await Refusal.WriteAsync(http, OpenAIError.Invalid("input", $"'input' holds an empty text at {empty}; this model needs at least one token."));
            return;
        }

        float[][] vectors;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, drain.Over);
        try
        {
            vectors = await model.EmbedAllAsync(texts, either.Token);
        }
        catch (QueueFullException e)
        {
            await Refusal.WriteAsync(http, new OpenAIError(429, "queue_full", e.Message), options.RetryAfter);
            return;
        }
        catch (ContextLengthException e)
        {
            await Refusal.WriteAsync(http, new OpenAIError(400, "context_length_exceeded", e.Message, "input"));
            return;
        }
        var answer = new EmbeddingList(
            request.Model,
            [.. vectors.Select((vector, i) => new EmbeddingEntry(i, new EmbeddingVector(vector, request.AsBase64)))],
            new EmbeddingUsage(texts.Sum(text => text.Count)));
        await http.Response.WriteAsJsonAsync(answer, WireJson.Wire.EmbeddingList);
    }

    private OpenAIError? Problem(EmbeddingRequest request)
    {
        // Only some models are trained so that the first numbers are an embedding by themselves, and files do not say which.
        if (request.Dimensions is { } asked && asked != model.Card.Dim)
            return OpenAIError.Invalid("dimensions", $"'dimensions' is {asked}; this model gives {model.Card.Dim}, and cannot be cut. Leave it out.");
        return request.Inputs.OfType<CompletionPrompt.Tokens>().Select(tokens => Prompts.UnknownId(tokens.Ids, "input", model.Tokenizer)).FirstOrDefault(problem => problem is not null);
    }
}
