using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Cli.Manifests;
using Orrery.Resources;

namespace Orrery.Cli.Client;

/// <summary>The resource API as the commands use it. Every refusal becomes one <see cref="CliException"/> with the server's message.</summary>
internal sealed class ResourceClient(HttpClient http)
{
    private const string TableType = "application/json;as=Table;v=v1;g=meta.k8s.io";
    private const string MergePatch = "application/merge-patch+json";

    /// <param name="ns">Null: all namespaces.</param>
    /// <param name="name">Null: all objects.</param>
    /// <param name="wholeObjects">Rows of a table carry the object itself, not its metadata alone.</param>
    public Task<JsonObject> ListAsync(ResourceKind kind, string? ns, bool table, CancellationToken ct, string? name = null, bool wholeObjects = false)
        => GetAsync($"{Path(kind, ns, null)}?{Selection(name)}{(wholeObjects ? "&includeObject=Object" : "")}", table, ct);

    /// <summary>Each change after the version, as <c>{"type":…,"object":Table}</c>, until the server ends the watch.</summary>
    public async IAsyncEnumerable<JsonObject> WatchAsync(
        ResourceKind kind, string? ns, string? name, string? version, [EnumeratorCancellation] CancellationToken ct)
    {
        string path = $"{Path(kind, ns, null)}?watch=true&resourceVersion={version}&{Selection(name)}";
        await foreach (string line in LinesAsync(path, TableType, ct))
            yield return JsonNode.Parse(line)!.AsObject();
    }

    public Task<JsonObject> GetAsync(ResourceKind kind, string ns, string name, bool table, CancellationToken ct)
        => GetAsync(Path(kind, ns, name), table, ct);

    /// <summary>Creates the object, or merges the manifest into the one that is there.</summary>
    /// <returns><c>created</c>, <c>configured</c> or <c>unchanged</c>.</returns>
    public async Task<string> ApplyAsync(Manifest manifest, CancellationToken ct)
    {
        var (kind, ns, name, json) = manifest;
        using var found = await SendAsync(HttpMethod.Get, Path(kind, ns, name), null, null, ct);
        if (found.StatusCode == HttpStatusCode.NotFound)
        {
            using var created = await SendAsync(HttpMethod.Post, Path(kind, ns, null) + "?fieldValidation=Strict", json, "application/json", ct);
            await CheckedAsync(created, ct);
            return "created";
        }
        var before = await CheckedAsync(found, ct);
        using var patched = await SendAsync(HttpMethod.Patch, Path(kind, ns, name) + "?fieldValidation=Strict", json, MergePatch, ct);
        var after = await CheckedAsync(patched, ct);
        return Version(before) == Version(after) ? "unchanged" : "configured";
    }

    public async Task DeleteAsync(ResourceKind kind, string ns, string name, CancellationToken ct)
    {
        using var response = await SendAsync(HttpMethod.Delete, Path(kind, ns, name), null, null, ct);
        await CheckedAsync(response, ct);
    }

    public IAsyncEnumerable<string> LogsAsync(string ns, string service, bool follow, int? tail, CancellationToken ct)
    {
        string path = Path(Resources.Serving.InferenceService.Kind, ns, service) + $"/log?follow={(follow ? "true" : "false")}" + (tail is { } n ? $"&tailLines={n}" : "");
        return LinesAsync(path, "text/plain", ct);
    }

    private async IAsyncEnumerable<string> LinesAsync(string path, string type, [EnumeratorCancellation] CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(type);
        using var response = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        if (!response.IsSuccessStatusCode)
            await CheckedAsync(response, ct);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(ct));
        while (await LineAsync(reader, ct) is { } line)
            yield return line;
    }

    private static async Task<string?> LineAsync(StreamReader reader, CancellationToken ct)
    {
        try
        {
            return await reader.ReadLineAsync(ct);
        }
        catch (IOException e)
        {
            throw new CliException($"The answer broke off ({e.Message.TrimEnd('.')}). Is orrery up running?");
        }
    }

    private async Task<JsonObject> GetAsync(string path, bool table, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(table ? TableType : "application/json");
        using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, ct);
        return await CheckedAsync(response, ct);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, JsonObject? body, string? contentType, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue(contentType!));
        return await SendAsync(request, HttpCompletionOption.ResponseContentRead, ct);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken ct)
    {
        try
        {
            return await http.SendAsync(request, completion, ct);
        }
        catch (HttpRequestException e)
        {
            throw new CliException($"{http.BaseAddress} does not answer ({e.Message}). Is orrery up running?");
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
            throw new CliException(json?["message"]?.ToString() ?? $"The server answered {(int)response.StatusCode} {response.ReasonPhrase}.");
        return json ?? throw new CliException("The server's answer is not JSON.");
    }

    private static string Path(ResourceKind kind, string? ns, string? name)
    {
        string root = kind.Group.Length == 0 ? $"api/{kind.Version}" : $"apis/{kind.Group}/{kind.Version}";
        string scope = kind.Namespaced && ns is not null ? $"/namespaces/{Uri.EscapeDataString(ns)}" : "";
        return $"{root}{scope}/{kind.Plural}" + (name is null ? "" : $"/{Uri.EscapeDataString(name)}");
    }

    private static string Selection(string? name) => name is null ? "" : $"fieldSelector=metadata.name%3D{Uri.EscapeDataString(name)}";

    private static string? Version(JsonObject document) => document["metadata"]?["resourceVersion"]?.ToString();
}
