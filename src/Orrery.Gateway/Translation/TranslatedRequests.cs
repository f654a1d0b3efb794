using Microsoft.AspNetCore.Http;
using Orrery.Gateway.Requests;
using Orrery.Platform.Access;
using Orrery.Wire.Http;
using Orrery.Wire.Translation;

namespace Orrery.Gateway.Translation;

/// <summary>
/// Requests of other APIs, which every chat model answers: each becomes a request of OpenAI's, and its answer is made into the other API's. What is between them
/// knows OpenAI's alone.
/// </summary>
internal sealed class TranslatedRequests(GatewayOptions options, InferenceHandler inference, TimeProvider time)
{
    /// <param name="translate">Makes the body of the request into one of OpenAI's.</param>
    public async Task HandleAsync(
        HttpContext http, Caller caller, TranslatedResponse response, Func<ReadOnlyMemory<byte>, ValueTask<TranslatedRequest>> translate)
    {
        if (await RequestBody.ReadAsync(http, options.MaxBodyBytes) is not RequestBody.Whole body)
        {
            await Refusal.BodyTooLargeAsync(http, options.MaxBodyBytes, time);
            return;
        }
        switch (await translate(body.Bytes))
        {
            case TranslatedRequest.Refused refused:
                await Refusal.WriteAsync(http, refused.Error);
                break;
            case TranslatedRequest.To to:
                response.Answer = to.Answer;
                http.Request.Path = to.Path;
                // Of the other API.
                http.Request.QueryString = default;
                await inference.AnswerAsync(http, caller, to.Body);
                break;
        }
    }
}
