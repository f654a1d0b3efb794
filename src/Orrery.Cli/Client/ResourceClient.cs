using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Cli.Discovery;
using Orrery.Cli.Manifests;

namespace Orrery.Cli.Client;

/// <summary>The resource API as the commands use it, of either home. Every refusal becomes one <see cref="CliException"/> with the server's message.</summary>
/// <param name="remedy">What to say after that the server does not answer.</param>
internal sealed class ResourceClient(HttpClient http, string remedy)
{
    private const string JsonType = "application/json";
    private const string TableType = "application/json;as=Table;v=v1;g=meta.k8s.io, application/json";
    private const int PageSize = 500;
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromMinutes(1);

    /// <summary>Any JSON document of the server.</summary>
    public Task<JsonObject> DocumentAsync(string path, string accept, CancellationToken ct) => GetJsonAsync(path, accept, ct);

    /// <summary>All objects, however many pages they take, as one list or table.</summary>
    public async Task<JsonObject> ListAsync(ApiResource kind, ListQuery query, CancellationToken ct)
    {
        string path = $"{kind.Path(query.Namespace, null)}?{query.Parameters}limit={PageSize}";
        string accept = query.Table ? TableType : JsonType;
        var whole = await GetJsonAsync(path, accept, ct);
        var next = whole;
        while (next["metadata"]?["continue"]?.ToString() is { Length: > 0 } token)
        {
            next = await GetJsonAsync($"{path}&continue={Uri.EscapeDataString(token)}", accept, ct);
            string part = next["rows"] is null ? "items" : "rows";
            var into = whole[part]!.AsArray();
            foreach (var item in next[part]!.AsArray().ToList())
                into.Add(item!.DeepClone());
        }
        whole["metadata"]?.AsObject().Remove("continue");
        return whole;
    }

    /// <summary>Each change after the version, as <c>{"type":…,"object":…}</c>, until the server ends the watch.</summary>
    public async IAsyncEnumerable<JsonObject> WatchAsync(ApiResource kind, ListQuery query, string? version, [EnumeratorCancellation] CancellationToken ct)
    {
        string path = $"{kind.Path(query.Namespace, null)}?watch=true&{query.Parameters}resourceVersion={version}";
        await foreach (string line in LinesAsync(path, query.Table ? TableType : JsonType, ct))
            yield return JsonNode.Parse(line)!.AsObject();
    }

    public Task<JsonObject> GetAsync(ApiResource kind, string ns, string name, bool table, CancellationToken ct)
        => GetJsonAsync(kind.Path(ns, name), table ? TableType : JsonType, ct);

    /// <returns>Null: there is none.</returns>
    public async Task<JsonObject?> FindAsync(ApiResource kind, string ns, string name, CancellationToken ct)
    {
        using var found = await SendAsync(HttpMethod.Get, kind.Path(ns, name), null, null, ct);
        return found.StatusCode == HttpStatusCode.NotFound ? null : await CheckedAsync(found, ct);
    }

    /// <summary>Server-side apply: creates the object, or gives it the fields of the manifest and takes those that the manifest no longer has.</summary>
    /// <param name="parameters"><c>fieldManager</c> and the like.</param>
    /// <returns>The object as it is now.</returns>
    public Task<JsonObject> ApplyAsync(Manifest manifest, string parameters, CancellationToken ct)
        => WriteAsync(HttpMethod.Patch, $"{manifest.Kind.Path(manifest.Namespace, manifest.Name)}?{parameters}", manifest.Json, "application/apply-patch+yaml", ct);

    /// <summary>A patch or a replacement, by method and content type.</summary>
    /// <param name="path">With its parameters.</param>
    public async Task<JsonObject> WriteAsync(HttpMethod method, string path, JsonNode body, string contentType, CancellationToken ct)
    {
        using var response = await SendAsync(method, path, body, contentType, ct);
        return await CheckedAsync(response, ct);
    }

    /// <summary>The deleted object, or a Status that says so.</summary>
    /// <param name="options">Fields of <c>DeleteOptions</c>.</param>
    public Task<JsonObject> DeleteAsync(ApiResource kind, string ns, string name, JsonObject options, CancellationToken ct)
    {
        options["apiVersion"] = "v1";
        options["kind"] = "DeleteOptions";
        return WriteAsync(HttpMethod.Delete, kind.Path(ns, name), options, JsonType, ct);
    }

    /// <summary>Lines of a text that may go on without end.</summary>
    public IAsyncEnumerable<string> TextAsync(string path, CancellationToken ct) => LinesAsync(path, "text/plain, */*", ct);

    private async IAsyncEnumerable<string> LinesAsync(string path, string accept, [EnumeratorCancellation] CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(accept);
        using var response = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        if (!response.IsSuccessStatusCode)
            await CheckedAsync(response, ct);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(ct));
        while (await LineAsync(reader, ct) is { } line)
            yield return line;
    }

    private async Task<string?> LineAsync(StreamReader reader, CancellationToken ct)
    {
        try
        {
            return await reader.ReadLineAsync(ct);
        }
        catch (IOException e)
        {
            throw new CliException($"The answer broke off ({e.Message.TrimEnd('.')}). {remedy}");
        }
    }

    private async Task<JsonObject> GetJsonAsync(string path, string accept, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(accept);
        using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, ct);
        return await CheckedAsync(response, ct);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, JsonNode? body, string? contentType, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Accept.ParseAdd(JsonType);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue(contentType!));
        return await SendAsync(request, HttpCompletionOption.ResponseContentRead, ct);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken ct)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ct);
        late.CancelAfter(AnswerWithin);
        try
        {
            return await http.SendAsync(request, completion, late.Token);
        }
        catch (HttpRequestException e)
        {
            throw new CliException($"{http.BaseAddress} does not answer ({(e.InnerException ?? e).Message.TrimEnd('.')}). {remedy}");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new CliException($"{http.BaseAddress} did not answer within {AnswerWithin.TotalSeconds:0} s. {remedy}");
        }
    }

    private static async Task<JsonObject> CheckedAsync(HttpResponseMessage response, CancellationToken ct)
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync(ct);
        JsonObject? json = null;
        try
        {
            json = JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            // The status line below says enough.
        }
        if (!response.IsSuccessStatusCode)
            throw new RefusedException((int)response.StatusCode, json?["reason"]?.ToString(), StatusText.Of((int)response.StatusCode, response.ReasonPhrase, json));
        return json ?? throw new CliException("The server's answer is not JSON.");
    }
}

/// <summary>The server answered with an error.</summary>
/// <param name="reason">One word, as in <c>Conflict</c>.</param>
internal sealed class RefusedException(int status, string? reason, string message) : CliException(message)
{
    public int Status { get; } = status;

    public string? Reason { get; } = reason;
}
