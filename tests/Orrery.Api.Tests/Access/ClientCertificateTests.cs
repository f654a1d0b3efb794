using System.Net;
using System.Text.Json.Nodes;
using Orrery.Api.Access;
using Orrery.Api.Tls;
using Orrery.Platform.Access;

namespace Orrery.Api.Tests.Access;

/// <summary>Who gets in with a certificate, and as whom.</summary>
public sealed class ClientCertificateTests
{
    private const string WhoAmI = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_admins_certificate_opens_everything_over_either_http(int version)
    {
        await using var api = await TestApi.StartAsync();
        using var certificate = api.Authority.AdminClient.ToCertificate();
        using var client = api.NewClient(key: null, certificate);

        using var created = await SendAsync(client, HttpMethod.Post, TestApi.Services, TestApi.Json("a"), version);
        using var listed = await SendAsync(client, HttpMethod.Get, TestApi.Services, null, version);

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal(HttpStatusCode.OK, listed.StatusCode);
        Assert.Equal(version, listed.Version.Major);
    }

    [Fact]
    public async Task The_common_name_is_the_user_and_organisations_are_groups()
    {
        await using var api = await TestApi.StartAsync();
        using var certificate = api.NewCertificate("alice", TimeProvider.System.GetUtcNow(), "blue", "green");
        using var client = api.NewClient(key: null, certificate);

        using var response = await SendAsync(client, HttpMethod.Post, WhoAmI, "{}", 2);
        using var forbidden = await SendAsync(client, HttpMethod.Get, TestApi.Services, null, 2);

        var user = JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["status"]!["userInfo"]!;
        Assert.Equal("alice", (string?)user["username"]);
        Assert.Equal(["blue", "green", "system:authenticated"], user["groups"]!.AsArray().Select(g => (string?)g).Order());
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        Assert.Contains("User \"alice\"", (string?)JsonNode.Parse(await forbidden.Content.ReadAsStringAsync(Ct))!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_for_servers_is_told_to_be_none_for_clients()
    {
        await using var api = await TestApi.StartAsync();
        using var client = api.NewClient(key: null, api.Authority.Server);

        using var response = await SendAsync(client, HttpMethod.Get, TestApi.Services, null, 2);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("signed for clients", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_right_key_and_a_right_certificate_the_key_says_who_it_is()
    {
        await using var api = await TestApi.StartAsync();
        using var certificate = api.Authority.AdminClient.ToCertificate();
        using var client = api.NewClient(TestApi.StrangerKey, certificate);

        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(TestApi.Services, Ct)).StatusCode);
    }

    [Fact]
    public void A_certificate_counts_from_its_first_moment_to_its_last()
    {
        using var folder = new TempFolder();
        var time = new ManualTime();
        var authority = LocalAuthority.Open(folder.File("pki"), [], time);
        using var certificate = authority.AdminClient.ToCertificate();
        var certificates = new ClientCertificates(authority.Authority, time);

        Assert.IsType<Identity.Known>(certificates.Of(certificate));
        time.Advance(TimeSpan.FromDays(364));
        Assert.IsType<Identity.Known>(certificates.Of(certificate));
        time.Advance(TimeSpan.FromDays(2));
        Assert.Contains("ended at 2027-01-31", Assert.IsType<Identity.Unknown>(certificates.Of(certificate)).Why, StringComparison.Ordinal);

        var renewed = LocalAuthority.Open(folder.File("pki"), [], time);
        using var next = renewed.AdminClient.ToCertificate();
        Assert.IsType<Identity.Known>(certificates.Of(next));
        Assert.Contains("begins at", Assert.IsType<Identity.Unknown>(new ClientCertificates(authority.Authority, new ManualTime()).Of(next)).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", "none", "unknown")]
    [InlineData("right", "none", "certificate")]
    [InlineData("none", "right", "key")]
    [InlineData("right", "right", "key")]
    [InlineData("right", "wrong", "unknown")]
    [InlineData("wrong", "right", "unknown")]
    [InlineData("wrong", "none", "unknown")]
    public void Whatever_is_shown_must_be_right(string certificate, string key, string expected)
    {
        var identity = Authentication.Decide(Shown(certificate, "certificate"), Shown(key, "key"));

        Assert.Equal(expected, identity is Identity.Known { Caller.Name: var name } ? name : "unknown");
    }

    private static Identity? Shown(string how, string name) => how switch
    {
        "none" => null,
        "right" => new Identity.Known(new Caller(name, Roles.Admin)),
        _ => new Identity.Unknown("wrong"),
    };

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, string? body, int version)
        => client.SendAsync(
            new HttpRequestMessage(method, path)
            {
                Version = new Version(version, version == 1 ? 1 : 0),
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
            },
            Ct);
}
