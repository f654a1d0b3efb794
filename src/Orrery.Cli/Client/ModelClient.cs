using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Orrery.Cli.Tokens;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Sse;

namespace Orrery.Cli.Client;

/// <summary>The OpenAI-compatible API as the commands use it.</summary>
internal sealed class ModelClient(HttpClient gateway)
{
    /// <summary>Text as it comes, and last how many tokens it was. The body's <c>stream</c> and <c>stream_options</c> are set.</summary>
    /// <param name="path"><c>v1/completions</c> or <c>v1/chat/completions</c>.</param>
    /// <exception cref="ContextOverflowException">The prompt is longer than the model's context.</exception>
    /// <exception cref="CliException">The gateway refused, or the stream ended with an error.</exception>
    public async IAsyncEnumerable<ModelPiece> StreamAsync(string path, JsonObject body, [EnumeratorCancellation] CancellationToken ct)
    {
        body["stream"] = true;
        body["stream_options"] = new JsonObject { ["include_usage"] = true };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        using var response = await SendAsync(request, ct);
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        await foreach (var item in SseReader.ReadAsync(stream, ct))
        {
            if (item.Data == "[DONE]")
                yield break;
            var chunk = JsonNode.Parse(item.Data)!;
            if (chunk["error"]?["message"] is { } error)
                throw new CliException(error.ToString());
            var choice = chunk["choices"] is JsonArray { Count: > 0 } choices ? choices[0] : null;
            if ((choice?["text"] ?? choice?["delta"]?["content"])?.ToString() is { Length: > 0 } text)
                yield return new ModelPiece(text);
            if (chunk["usage"]?["completion_tokens"] is { } tokens)
                yield return new ModelPiece("", tokens.GetValue<long>());
        }
        throw new CliException("The answer broke off before its end.");
    }

    /// <param name="chat">True: the text is a user's message, and the model's template is put around it.</param>
    /// <exception cref="CliException">The gateway or the model's server refused.</exception>
    public async Task<Tokenized> TokenizeAsync(string model, string text, bool chat, CancellationToken ct)
    {
        var body = new JsonObject { ["model"] = model, ["return_token_strs"] = true };
        if (chat)
            body["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text });
        else
            body["prompt"] = text;
        var answer = await PostAsync("v1/tokenize", body, WireJson.Wire.Tokenization, ct);
        return new Tokenized(answer.Tokens, answer.TokenStrs ?? [.. answer.Tokens.Select(_ => "")]);
    }

    public async Task<string> DetokenizeAsync(string model, IReadOnlyList<int> ids, CancellationToken ct)
    {
        var body = new JsonObject { ["model"] = model, ["tokens"] = new JsonArray([.. ids.Select(id => JsonValue.Create(id))]) };
        return (await PostAsync("v1/detokenize", body, WireJson.Wire.Detokenization, ct)).Prompt;
    }

    private async Task<T> PostAsync<T>(string path, JsonObject body, JsonTypeInfo<T> type, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        using var response = await SendAsync(request, ct);
        return (await response.Content.ReadFromJsonAsync(type, ct))!;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        HttpResponseMessage response;
        try
        {
            response = await gateway.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (HttpRequestException e)
        {
            throw new CliException($"{gateway.BaseAddress} does not answer ({e.Message}). Is orrery up running?");
        }
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
        {
            var error = ErrorOf(await response.Content.ReadAsStringAsync(ct));
            string message = error?["message"]?.ToString() ?? $"The gateway answered {(int)response.StatusCode} {response.ReasonPhrase}.";
            throw error?["code"]?.ToString() == "context_length_exceeded" ? new ContextOverflowException(message) : new CliException(message);
        }
    }

    private static JsonNode? ErrorOf(string body)
    {
        try
        {
            return JsonNode.Parse(body)?["error"];
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <param name="Tokens">Of the whole answer; on the last piece, where the server says so.</param>
internal sealed record ModelPiece(string Text, long? Tokens = null);

/// <summary>The prompt is longer than the model's context.</summary>
internal sealed class ContextOverflowException(string message) : CliException(message);
