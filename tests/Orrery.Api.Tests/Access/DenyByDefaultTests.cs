using System.Net;
using Microsoft.AspNetCore.Routing;
using Orrery.Api.Access;

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
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("wrong-key", HttpStatusCode.Unauthorized)]
    [InlineData(TestApi.StrangerKey, HttpStatusCode.Forbidden)]
    public async Task Every_endpoint_refuses(string? key, HttpStatusCode expected)
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("stories");
        using var client = api.NewClient(key);

        foreach (var endpoint in api.Server.Endpoints.Where(e => !Open.Contains(e.RoutePattern.RawText)))
        {
            string method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods[0] ?? "PURGE";
            using var request = new HttpRequestMessage(new HttpMethod(method), Path(endpoint));
            using var response = await client.SendAsync(request, Ct);
            Assert.True(response.StatusCode == expected, $"{method} {Path(endpoint)}: {response.StatusCode}");
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

    private static string Path(RouteEndpoint endpoint) => endpoint.RoutePattern.RawText!
        .Replace("{namespace}", "default", StringComparison.Ordinal)
        .Replace("{name}", "stories", StringComparison.Ordinal)
        .Replace("{**path}", "nothing/here", StringComparison.Ordinal);
}
