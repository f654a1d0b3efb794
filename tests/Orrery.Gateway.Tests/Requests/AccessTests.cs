using System.Net;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Orrery.Gateway.Tests.Fixtures;

namespace Orrery.Gateway.Tests.Requests;

public sealed class AccessTests
{
    private const string Ask = """{"model":"m"}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    //          method  path                      none wrong guest admin
    [InlineData("POST", "/v1/completions",        401, 401, 403, 200)]
    [InlineData("POST", "/v1/chat/completions",   401, 401, 403, 200)]
    [InlineData("POST", "/v1/embeddings",         401, 401, 403, 200)]
    [InlineData("GET", "/v1/models",              401, 401, 403, 200)]
    [InlineData("GET", "/v1/models/m",            401, 401, 403, 200)]
    [InlineData("GET", "/v1/models/team/m",       401, 401, 403, 404)]
    [InlineData("GET", "/v1/completions",         401, 401, 404, 404)]
    [InlineData("POST", "/v1/models",             401, 401, 404, 404)]
    [InlineData("GET", "/v1",                     401, 401, 404, 404)]
    [InlineData("GET", "/v1/",                    401, 401, 404, 404)]
    [InlineData("POST", "/v1/fine_tuning/jobs",   401, 401, 404, 404)]
    [InlineData("DELETE", "/v1/models/m",         401, 401, 404, 404)]
    [InlineData("POST", "/V1/Completions",        401, 401, 403, 200)]
    [InlineData("POST", "//v1/completions",       404, 404, 404, 404)]
    [InlineData("GET", "/healthz",                200, 200, 200, 200)]
    [InlineData("POST", "/healthz",               404, 404, 404, 404)]
    [InlineData("GET", "/",                       404, 404, 404, 404)]
    [InlineData("GET", "/metrics",                401, 401, 403, 200)]
    [InlineData("POST", "/metrics",               404, 404, 404, 404)]
    [InlineData("GET", "/v1/kv/events",           401, 401, 404, 404)]
    [InlineData("GET", "/apis/orrery.dev",        404, 404, 404, 404)]
    public async Task Every_path_says_who_may(string method, string path, int none, int wrong, int guest, int admin)
    {
        await using var replica = await ScriptedReplica.SayingAsync("{}");
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);

        var statuses = new List<int>();
        foreach (string? key in new[] { null, gateway.AdminKey[..^1] + "?", gateway.GuestKey, gateway.AdminKey })
        {
            using var client = gateway.NewClient(key);
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(gateway.Client.BaseAddress!.AbsoluteUri.TrimEnd('/') + path));
            request.Content = method == "POST" ? new StringContent(Ask) : null;
            using var response = await client.SendAsync(request, Ct);
            statuses.Add((int)response.StatusCode);

            Assert.StartsWith("req_", response.Headers.GetValues("x-request-id").Single(), StringComparison.Ordinal);
            if (!response.IsSuccessStatusCode)
                Assert.NotNull((string?)(await GatewayUnderTest.ErrorAsync(response))["message"]);
        }

        Assert.Equal([none, wrong, guest, admin], statuses);
    }

    [Fact]
    public async Task Every_endpoint_asks_for_a_key_unless_it_says_that_it_is_open()
    {
        await using var gateway = await GatewayUnderTest.StartAsync();
        using var anonymous = gateway.NewClient(null);
        var open = new List<string>();
        foreach (var endpoint in gateway.Endpoints.Cast<RouteEndpoint>())
        {
            string path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("{**id}", "m", StringComparison.Ordinal).Replace("{**rest}", "x", StringComparison.Ordinal);
            string method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods[0] ?? "PUT";
            using var response = await anonymous.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Ct);
            if (endpoint.Metadata.GetMetadata<OpenToAll>() is not null)
                open.Add($"{method} {path}: {(int)response.StatusCode}");
            else
                Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{method} {path}: {response.StatusCode}");
        }

        Assert.Equal(["GET /healthz: 200", "PUT /x: 404"], open);
    }

    [Theory]
    [InlineData("Bearer KEY", 200)]
    [InlineData("bearer  KEY ", 200)]
    [InlineData("Basic KEY", 401)]
    [InlineData("KEY", 401)]
    [InlineData("Bearer", 401)]
    [InlineData("Bearer ", 401)]
    [InlineData("Bearer KEY,Bearer KEY", 401)]
    public async Task Only_one_bearer_key_opens(string header, int expected)
    {
        await using var gateway = await GatewayUnderTest.StartAsync();
        using var client = gateway.NewClient(null);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation("Authorization", header.Replace("KEY", gateway.AdminKey, StringComparison.Ordinal));

        using var response = await client.SendAsync(request, Ct);

        Assert.Equal(expected, (int)response.StatusCode);
        if (expected == 401)
        {
            Assert.Equal("invalid_api_key", (string)(await GatewayUnderTest.ErrorAsync(response))["code"]!);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        }
    }

    [Fact]
    public async Task Models_of_other_namespaces_have_longer_names()
    {
        await using var mine = await ScriptedReplica.SayingAsync("mine");
        await using var theirs = await ScriptedReplica.SayingAsync("theirs");
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", mine);
        await gateway.AddServiceAsync("m", "team");
        await gateway.SetReplicasAsync("m", "team", theirs);
        await gateway.AddServiceAsync("cold");
        await gateway.SeesModelAsync("team/m", ready: true);
        await gateway.SeesModelAsync("m", ready: true);
        await gateway.SeesModelAsync("cold", ready: false);

        string escaped = await gateway.Client.GetStringAsync("/v1/models/team%2fm", Ct);
        string list = await gateway.Client.GetStringAsync("/v1/models", Ct);

        Assert.Equal("mine", await gateway.TextAsync("""{"model":"m"}"""));
        Assert.Equal("mine", await gateway.TextAsync("""{"model":"default/m"}"""));
        Assert.Equal("theirs", await gateway.TextAsync("""{"model":"team/m"}"""));
        Assert.Contains("\"id\":\"team/m\"", escaped, StringComparison.Ordinal);
        var models = System.Text.Json.Nodes.JsonNode.Parse(list)!["data"]!.AsArray();
        Assert.Equal("cold False, m True, team/m True", string.Join(", ", models.Select(m => $"{m!["id"]} {(bool)m["ready"]!}")));
    }

    [Theory]
    [InlineData("""{"model":"nope"}""")]
    [InlineData("""{"model":"team/m"}""")]
    [InlineData("""{"model":"a/b/c"}""")]
    [InlineData("""{"model":"../m"}""")]
    [InlineData("""{"model":"M"}""")]
    public async Task An_unknown_model_is_404_and_names_what_there_is(string ask)
    {
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.AddServiceAsync("m");
        await gateway.AddServiceAsync("other");
        await gateway.SeesModelAsync("m", ready: false);
        await gateway.SeesModelAsync("other", ready: false);

        using var response = await gateway.AskAsync("/v1/chat/completions", Encoding.UTF8.GetBytes(ask));
        var error = await GatewayUnderTest.ErrorAsync(response);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("model_not_found", (string)error["code"]!);
        Assert.Contains("'m', 'other'", (string)error["message"]!, StringComparison.Ordinal);
    }
}
