using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orrery.Gateway.Requests;
using Orrery.Platform.Access;
using Orrery.Platform.Responses;
using Orrery.Wire.Http;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Responses;
using Orrery.Wire.Translation;

namespace Orrery.Gateway.Translation;

/// <summary>
/// /v1/responses: made by chat models, and stored unless the request says not to. One that is stored is so before its end goes out, and belongs to the caller;
/// to everybody else it is not there.
/// </summary>
internal sealed partial class ResponsesHandler(GatewayOptions options, TranslatedRequests translated, StoredResponses stored, TimeProvider time, ILogger log)
{
    private const string Resource = "responses";

    public Task CreateAsync(HttpContext http, Caller caller, TranslatedResponse response) => translated.HandleAsync(http, caller, response, async body =>
    {
        var now = time.GetUtcNow();
        IReadOnlyList<EarlierTurn> earlier = [];
        if (ResponsesRequest.PreviousOf(body.Span) is { } previous)
        {
            switch (await stored.ConversationAsync(caller.Name, previous, options.MaxBodyBytes, now, http.RequestAborted))
            {
                case StoredConversation.Found(var turns):
                    earlier = [.. turns.Select(turn => new EarlierTurn(turn.Input, turn.Response))];
                    break;
                case StoredConversation.Missing(var missing):
                    return new TranslatedRequest.Refused(ResponsesRequest.PreviousMissing(previous, missing));
                default:
                    return new TranslatedRequest.Refused(ResponsesRequest.PreviousTooLong(previous));
            }
        }
        switch (ResponsesRequest.Read(body, earlier, mayStore: options.StoredResponses > TimeSpan.Zero, now))
        {
            case ReadOutcome<ResponsesRequest>.Ok(var request):
                if (request.Store)
                    response.BeforeEnd = ct => StoreAsync(caller, request, now, ct);
                return request.Chat;
            case ReadOutcome<ResponsesRequest>.Refused(var error):
                return new TranslatedRequest.Refused(error);
            case var other:
                throw new InvalidOperationException($"A request is read or refused, not {other}.");
        }
    });

    public async Task GetAsync(HttpContext http, Caller caller)
    {
        if (http.Request.Query["stream"] is ["true"])
        {
            await Refusal.WriteAsync(http, new OpenAIError(400, "unsupported_value", "A stored response is not streamed again. Leave 'stream' out.", "stream"));
            return;
        }
        if (await FindAsync(http, caller, "get", Resource) is { } found)
            await WriteAsync(http, Encoding.UTF8.GetBytes(found.Response));
    }

    public async Task DeleteAsync(HttpContext http, Caller caller)
    {
        if (!await Callers.MayAsync(http, caller, new AccessRequest("delete", Resource, Name: IdOf(http))))
            return;
        if (await stored.DeleteAsync(caller.Name, IdOf(http), time.GetUtcNow(), http.RequestAborted))
            await WriteAsync(http, ResponseAnswers.Deleted(IdOf(http)));
        else
            await Refusal.WriteAsync(http, ResponseAnswers.Missing(IdOf(http)));
    }

    public async Task ListInputAsync(HttpContext http, Caller caller)
    {
        var query = http.Request.Query;
        switch (InputPage.Read(query["limit"], query["order"], query["after"], query["before"]))
        {
            case ReadOutcome<InputPage>.Refused(var error):
                await Refusal.WriteAsync(http, error);
                break;
            case ReadOutcome<InputPage>.Ok(var page) when await FindAsync(http, caller, "get", $"{Resource}/input_items") is { } found:
                if (page.Of(found.Input) is { } list)
                    await WriteAsync(http, list);
                else
                    await Refusal.WriteAsync(http, OpenAIError.Invalid("after", $"'after' is '{page.After}', and response '{found.Id}' has no such input item."));
                break;
        }
    }

    private async ValueTask StoreAsync(Caller caller, ResponsesRequest request, DateTimeOffset now, CancellationToken ct)
    {
        if (request.Answer.Ended is not { } ended)
            throw new InvalidOperationException($"Response {request.Answer.Id} has not ended.");
        var response = new StoredResponse(
            request.Answer.Id, caller.Name, request.Previous, now, now + options.StoredResponses, Encoding.UTF8.GetString(request.Input.Span), Encoding.UTF8.GetString(ended.Span));
        if (!await stored.AddAsync(response, options.StoredResponsesBytes, ct))
            LogTooLarge(log, response.Id, response.Bytes, options.StoredResponsesBytes);
    }

    private async Task<StoredResponse?> FindAsync(HttpContext http, Caller caller, string verb, string resource)
    {
        string id = IdOf(http);
        if (!await Callers.MayAsync(http, caller, new AccessRequest(verb, resource, Name: id)))
            return null;
        if (await stored.FindAsync(caller.Name, id, time.GetUtcNow(), http.RequestAborted) is { } found)
            return found;
        await Refusal.WriteAsync(http, ResponseAnswers.Missing(id));
        return null;
    }

    private static string IdOf(HttpContext http) => (string?)http.Request.RouteValues["id"] ?? "";

    private static async Task WriteAsync(HttpContext http, byte[] json)
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = json.Length;
        await http.Response.Body.WriteAsync(json, http.RequestAborted);
    }

    [LoggerMessage(LogLevel.Warning, "Response {Id} was answered and not stored: with its request it has {Bytes} bytes, and gateway.storedResponsesBytes is {Most}")]
    private static partial void LogTooLarge(ILogger log, string id, long bytes, long most);
}
