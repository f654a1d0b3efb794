using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Control.Serving.External;
using Orrery.Resources.Serving;

namespace Orrery.Cli.Up;

/// <summary>
/// Asks a server that runs elsewhere for its models: <c>GET URL/models</c> with the key that the service names. It goes where requests will go: straight, trusting whom the gateway
/// trusts. Redirects are not followed, so the key goes to the written address alone;
/// an answer may take so long and be so large and no more.
/// </summary>
/// <param name="secrets">Decoded values of a Secret by namespace and name; null: there is none.</param>
/// <param name="trust">Which certificates are taken; null: the machine alone decides.</param>
/// <param name="limit">Longest for the whole answer; default 10 s.</param>
internal sealed class HttpExternalProbe(
    Func<string, string, CancellationToken, Task<IReadOnlyDictionary<string, string>?>> secrets, RemoteCertificateValidationCallback? trust = null, TimeSpan? limit = null) : IExternalProbe, IDisposable
{
    private const int MaxBytes = 4 * 1024 * 1024;

    private readonly TimeSpan _limit = limit ?? TimeSpan.FromSeconds(10);

    // Connections are not kept: questions are a minute apart.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false, SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = trust },
        AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromSeconds(30), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxBytes,
    };

    public void Dispose() => _http.Dispose();

    public async Task<ExternalAnswer> AskAsync(ExternalQuestion question, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(question);
        string address = $"{question.Endpoint.Url!.TrimEnd('/')}/models";
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (question.Endpoint.ApiKey is { } reference && await KeyAsync(question.Namespace, reference, ct) is { } key)
        {
            if (key.Length == 0 || key.Any(c => c is <= ' ' or > '~'))
                return new ExternalAnswer.Fails("InvalidKey", $"key '{reference.Key}' of Secret '{reference.Name}' cannot be sent as it is: it is empty, or has blanks or letters beyond ASCII");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        stop.CancelAfter(_limit);
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
            return answer.IsSuccessStatusCode ? Models(question, address, await BodyAsync(answer, stop.Token)) : Refused(question, address, answer);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new ExternalAnswer.Fails("Timeout", $"{address} gave no answer within {_limit.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new ExternalAnswer.Fails("Unreachable", $"{address} cannot be reached: {e.InnerException?.Message ?? e.Message}");
        }
    }

    private async Task<string?> KeyAsync(string ns, SecretKeyReference reference, CancellationToken ct)
        => (await secrets(ns, reference.Name!, ct))?.GetValueOrDefault(reference.Key!)?.Trim();

    /// <returns>Null: it is too large.</returns>
    private static async Task<byte[]?> BodyAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(ct);
        var body = new MemoryStream();
        byte[] piece = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(piece, ct)) > 0;)
        {
            if (body.Length + read > MaxBytes)
                return null;
            body.Write(piece, 0, read);
        }
        return body.ToArray();
    }

    private static ExternalAnswer Models(ExternalQuestion question, string address, byte[]? body)
    {
        try
        {
            if (body is not null && JsonNode.Parse(body) is JsonObject list && list["data"] is JsonArray models)
            {
                return models.Any(m => m is JsonObject one && one["id"] is JsonValue id && id.GetValueKind() == JsonValueKind.String && id.GetValue<string>() == question.Model)
                    ? new ExternalAnswer.Answers(null)
                    : new ExternalAnswer.Answers($"it does not list a model '{question.Model}'; spec.external.model says what it calls it");
            }
        }
        catch (JsonException)
        {
            // Said below.
        }
        return new ExternalAnswer.Fails("NoModelList", $"{address} answers, but not with a list of models of at most {MaxBytes / (1024 * 1024)} MiB; spec.external.url should end before /models, mostly with /v1");
    }

    private static ExternalAnswer.Fails Refused(ExternalQuestion question, string address, HttpResponseMessage answer)
    {
        int status = (int)answer.StatusCode;
        return answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new ExternalAnswer.Fails("Unauthorized", question.Endpoint.ApiKey is { } key
                ? $"{address} answers {status}: it does not take key '{key.Key}' of Secret '{key.Name}'"
                : $"{address} answers {status}: it asks for a key; name one in spec.external.apiKey"),
            _ when status is >= 300 and < 400 => new ExternalAnswer.Fails(
                "Redirects", $"{address} answers {status} and points to {Host(answer.Headers.Location)}; redirects are not followed, so that the key goes nowhere else: set spec.external.url to where it leads"),
            _ => new ExternalAnswer.Fails("BadAnswer", $"{address} answers {status}"),
        };
    }

    private static string Host(Uri? location) => location switch
    {
        null => "nowhere",
        { IsAbsoluteUri: true } => location.GetLeftPart(UriPartial.Authority),
        _ => "another path there",
    };
}
