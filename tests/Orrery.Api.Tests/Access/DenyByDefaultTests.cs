using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Orrery.Api.Access;
using Orrery.Api.Tls;

namespace Orrery.Api.Tests.Access;

/// <summary>Walks everything that is mapped: nothing is open but the health checks.</summary>
public sealed class DenyByDefaultTests
{
    private static readonly string[] Open = ["/healthz", "/livez", "/readyz"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_endpoint_states_what_it_asks_and_only_health_asks_nothing()
    {
        await using var api = await TestApi.StartAsync();
        var endpoints = api.Server.Endpoints.ToList();

        Assert.True(endpoints.Count > 60, $"only {endpoints.Count} endpoints are mapped");
        Assert.All(endpoints, e => Assert.NotNull(e.Metadata.GetMetadata<AccessPolicy>()));
        Assert.Equal(Open, endpoints.Where(e => e.Metadata.GetMetadata<AccessPolicy>()!.Ask is null).Select(e => e.RoutePattern.RawText!).Order());
    }

    [Theory]
    [InlineData("nobody", HttpStatusCode.Unauthorized)]
    [InlineData("a wrong key", HttpStatusCode.Unauthorized)]
    [InlineData("a certificate of another authority", HttpStatusCode.Unauthorized)]
    [InlineData("a certificate that ended", HttpStatusCode.Unauthorized)]
    [InlineData("the admin's certificate with a wrong key", HttpStatusCode.Unauthorized)]
    [InlineData("a stranger's key", HttpStatusCode.Forbidden)]
    [InlineData("a stranger's certificate", HttpStatusCode.Forbidden)]
    public async Task Every_endpoint_refuses(string who, HttpStatusCode expected)
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var api = await TestApi.StartAsync(time: new LaterTime(who.EndsWith("ended", StringComparison.Ordinal) ? TimeSpan.FromDays(400) : TimeSpan.Zero));
        using var elsewhere = new TempFolder();
        await api.CreateAsync("stories");
        var certificate = who switch
        {
            "a certificate of another authority" => LocalAuthority.Open(elsewhere.File("pki"), [], TimeProvider.System).AdminClient.ToCertificate(),
            "a certificate that ended" or "the admin's certificate with a wrong key" => api.Authority.AdminClient.ToCertificate(),
            "a stranger's certificate" => api.NewCertificate("stranger", now, "somebody"),
            _ => null,
        };
        using var client = api.NewClient(who.EndsWith("wrong key", StringComparison.Ordinal) ? "wrong-key" : who == "a stranger's key" ? TestApi.StrangerKey : null, certificate);

        foreach (var endpoint in api.Server.Endpoints.Where(e => !Open.Contains(e.RoutePattern.RawText)))
        {
            // Whoever is known may ask what they may.
            if (expected == HttpStatusCode.Forbidden && endpoint.RoutePattern.RawText!.Contains("/selfsubject", StringComparison.Ordinal))
                continue;
            string method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods[0] ?? "PURGE";
            using var request = new HttpRequestMessage(new HttpMethod(method), Path(endpoint));
            using var response = await client.SendAsync(request, Ct);
            Assert.True(response.StatusCode == expected, $"{method} {Path(endpoint)}: {response.StatusCode}");
            Assert.Equal("Status", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["kind"]);
        }
    }

    [Fact]
    public async Task Health_is_open_and_the_version_is_not()
    {
        await using var api = await TestApi.StartAsync();
        using var anonymous = api.NewClient(key: null);

        Assert.Equal("ok", await anonymous.GetStringAsync("/livez", Ct));
        Assert.Equal("ok", await anonymous.GetStringAsync("/readyz", Ct));
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync("/version", Ct)).StatusCode);
    }

    [Fact]
    public async Task A_refused_write_changes_nothing()
    {
        await using var api = await TestApi.StartAsync();
        var before = await api.CreateAsync("stories");
        using var stranger = api.NewClient(TestApi.StrangerKey);

        await stranger.DeleteAsync($"{TestApi.Services}/stories", Ct);

        Assert.Equal(before.Metadata.ResourceVersion, (await api.Store.GetAsync(before.Key, Ct))!.Metadata.ResourceVersion);
    }

    /// <summary>The clock of a server that has been there for longer.</summary>
    private sealed class LaterTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }

    private static string Path(RouteEndpoint endpoint) => endpoint.RoutePattern.RawText!
        .Replace("{namespace}", "default", StringComparison.Ordinal)
        .Replace("{name}", "stories", StringComparison.Ordinal)
        .Replace("{**path}", "nothing/here", StringComparison.Ordinal);
}
