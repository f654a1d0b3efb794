using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Gateway.Tests.Fixtures;

namespace Orrery.Gateway.Tests.Translation;

/// <summary>Requests for responses, as plain HTTP.</summary>
internal static class ResponsesCalls
{
    public const string Ask = """{"model":"m","input":"x"}""";

    /// <summary>What the replica answers.</summary>
    public const string Completion = """{"choices":[{"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":2,"completion_tokens":1,"total_tokens":3}}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A gateway with this replica behind the model m.</summary>
    public static async Task<GatewayUnderTest> ServingAsync(IReplica replica, GatewayOptions? options = null)
    {
        var gateway = await GatewayUnderTest.StartAsync(options);
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);
        return gateway;
    }

    public static async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(HttpClient client, HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json") };
        using var response = await client.SendAsync(request, Ct);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(response.Content.Headers.ContentLength);
        Assert.StartsWith("req_", response.Headers.GetValues("x-request-id").Single());
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!);
    }

    public static Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(HttpClient client, string json) => SendAsync(client, HttpMethod.Post, "/v1/responses", json);

    public static Task<(HttpStatusCode Status, JsonNode Body)> GetAsync(HttpClient client, string path) => SendAsync(client, HttpMethod.Get, $"/v1/responses/{path}");

    public static async Task<string> IdAsync(HttpClient client, string json = Ask)
    {
        var (status, response) = await PostAsync(client, json);
        Assert.Equal(HttpStatusCode.OK, status);
        return (string)response["id"]!;
    }

    public static string? Code(JsonNode error) => (string?)error["error"]!["code"];
}
