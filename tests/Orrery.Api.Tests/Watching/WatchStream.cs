using System.Text.Json.Nodes;

namespace Orrery.Api.Tests.Watching;

/// <summary>An open watch, read line by line, each within a bound.</summary>
internal sealed class WatchStream : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private WatchStream(HttpResponseMessage response, StreamReader reader)
    {
        _response = response;
        _reader = reader;
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="collection">Path of what is watched; by default the services.</param>
    public static async Task<WatchStream> OpenAsync(TestApi api, string query, string? accept = null, string collection = TestApi.Services)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{collection}?watch=true&{query}");
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        var response = await api.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        response.EnsureSuccessStatusCode();
        return new WatchStream(response, new StreamReader(await response.Content.ReadAsStreamAsync(Ct)));
    }

    /// <summary>The next event; null at the end.</summary>
    public async Task<JsonObject?> NextJsonAsync()
        => await _reader.ReadLineAsync(Ct).AsTask().WaitAsync(Bound, Ct) is { } line ? JsonNode.Parse(line)!.AsObject() : null;

    /// <summary>The next event as <c>ADDED name</c>.</summary>
    public async Task<string> NextAsync()
        => await NextJsonAsync() is { } json ? $"{json["type"]} {json["object"]!["metadata"]!["name"]}" : "(the end)";

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }
}
