using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Orrery.Storage.Http;
using Orrery.Storage.Origins;
using Orrery.Testing.Origins;

namespace Orrery.Storage.Tests.Http;

/// <summary>Names of made-up public hosts lead to a server of this machine, so that what is public and what is not can be told apart here.</summary>
public sealed class GuardedHttpTests
{
    private static readonly IPAddress PublicAddress = IPAddress.Parse("93.184.216.34");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Network NetworkOf(TestWeb server, IReadOnlyDictionary<string, IPAddress>? names = null) => new(
        (host, _) => Task.FromResult<IPAddress[]>([names?.GetValueOrDefault(host) ?? PublicAddress]),
        async (to, ct) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        });

    private static Task RedirectAsync(HttpContext http, string to)
    {
        http.Response.StatusCode = 302;
        http.Response.Headers.Location = to;
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("file:///etc/passwd", "only http and https")]
    [InlineData("ftp://example.com/x", "only http and https")]
    [InlineData("http://127.0.0.1:22/x", "loopback")]
    [InlineData("http://[::1]/x", "loopback")]
    [InlineData("http://169.254.169.254/latest/meta-data", "linklocal")]
    [InlineData("http://10.1.2.3/x", "private")]
    [InlineData("http://inside.test/x", "loopback")]
    [InlineData("http://user:pw@other.test/x", "password")]
    public async Task A_public_host_cannot_lead_to_where_it_should_not(string location, string says)
    {
        await using var server = await TestWeb.StartAsync(http => RedirectAsync(http, location));
        using var guarded = new GuardedHttp(NetworkOf(server, new Dictionary<string, IPAddress> { ["inside.test"] = IPAddress.Loopback }));

        var e = await Assert.ThrowsAsync<OriginException>(() => guarded.GetAsync(new WebQuestion(new Uri("http://hub.test/m")), Ct));

        Assert.Equal(OriginFault.Refused, e.Fault);
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pw@", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:22/token", "loopback")]
    [InlineData("http://169.254.169.254/token", "linklocal")]
    public async Task An_address_that_a_public_host_named_is_as_good_as_a_redirect(string address, string says)
    {
        await using var server = await TestWeb.StartAsync(http => http.Response.WriteAsync("here", Ct));
        using var guarded = new GuardedHttp(NetworkOf(server));

        var e = await Assert.ThrowsAsync<OriginException>(() => guarded.GetAsync(new WebQuestion(new Uri(address), LedBy: new Uri("http://registry.test/v2/")), Ct));

        Assert.Equal(OriginFault.Refused, e.Fault);
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_stays_with_the_host_that_it_is_for()
    {
        var seen = new ConcurrentQueue<(string Host, string? Token)>();
        await using var server = await TestWeb.StartAsync(http =>
        {
            seen.Enqueue((http.Request.Host.Host, http.Request.Headers.Authorization.FirstOrDefault()));
            return http.Request.Path.Value switch
            {
                "/1" => RedirectAsync(http, "/2"),
                "/2" => RedirectAsync(http, "http://cdn.test/3"),
                _ => http.Response.WriteAsync("here", Ct),
            };
        });
        using var guarded = new GuardedHttp(NetworkOf(server));

        using var answer = await guarded.GetAsync(new WebQuestion(new Uri("http://hub.test/1"), new AuthenticationHeaderValue("Bearer", "t")), Ct);

        Assert.Equal("here", await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal([("hub.test", "Bearer t"), ("hub.test", "Bearer t"), ("cdn.test", null)], seen);
    }

    [Fact]
    public async Task Redirects_have_an_end()
    {
        int asked = 0;
        await using var server = await TestWeb.StartAsync(http => RedirectAsync(http, $"/{Interlocked.Increment(ref asked)}"));
        using var guarded = new GuardedHttp(NetworkOf(server));

        await Assert.ThrowsAsync<OriginException>(() => guarded.GetAsync(new WebQuestion(new Uri("http://hub.test/0")), Ct));

        Assert.Equal(11, asked);
    }

    [Fact]
    public void From_https_nothing_is_followed_into_the_clear()
        => Assert.Contains("clear", GuardedHttp.RedirectProblem(new Uri("https://a.test/x"), new Uri("http://a.test/x")), StringComparison.Ordinal);

    [Fact]
    public async Task A_host_that_says_nothing_is_not_waited_for_without_end()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        using var guarded = new GuardedHttp(answerWithin: TimeSpan.FromMilliseconds(100));

        var e = await Assert.ThrowsAsync<OriginException>(() => guarded.GetAsync(new WebQuestion(new Uri($"http://{server.LocalEndpoint}/x")), Ct));

        Assert.Equal(OriginFault.Broken, e.Fault);
    }

    [Fact]
    public async Task A_host_that_is_not_there_is_unavailable()
    {
        using var guarded = new GuardedHttp();

        var e = await Assert.ThrowsAsync<OriginException>(() => guarded.GetAsync(new WebQuestion(new Uri("http://127.0.0.1:1/x")), Ct));

        Assert.Equal(OriginFault.Unavailable, e.Fault);
    }
}
