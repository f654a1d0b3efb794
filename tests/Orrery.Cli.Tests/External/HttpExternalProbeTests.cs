using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orrery.Cli.Up;
using Orrery.Control.Serving.External;
using Orrery.Resources.Serving;

namespace Orrery.Cli.Tests.External;

/// <summary>Real servers that answer well, badly, slowly, elsewhere and not at all.</summary>
public sealed class HttpExternalProbeTests : IAsyncLifetime
{
    private const string Key = "sk-very-secret";

    private readonly ConcurrentQueue<(string Path, string Authorization)> _asked = new();
    private readonly WebApplication _server;
    private readonly HttpExternalProbe _probe = new(
        (ns, name, _) => Task.FromResult<IReadOnlyDictionary<string, string>?>((ns, name) switch
        {
            ("default", "cloud") => new Dictionary<string, string> { ["token"] = $" {Key}\n", ["odd"] = "a\nb", ["wrong"] = "nope" },
            _ => null,
        }),
        limit: TimeSpan.FromSeconds(2));

    public HttpExternalProbeTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _server.StartAsync(Ct);

    public async ValueTask DisposeAsync()
    {
        _probe.Dispose();
        await _server.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        string path = http.Request.Path.Value!, key = http.Request.Headers.Authorization.ToString();
        _asked.Enqueue((path, key));
        switch (path)
        {
            case "/good/v1/models" when key is "" or $"Bearer {Key}":
                await http.Response.WriteAsync("""{"object": "list", "data": [{"id": "m"}, {"id": 3}, null]}""", Ct);
                break;
            case "/good/v1/models":
                http.Response.StatusCode = 401;
                break;
            case "/moved/models":
                http.Response.Redirect($"{_server.Urls.Single()}/good/v1/models?key=x");
                break;
            case "/slow/models":
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
                break;
            case "/dripping/models":
                await http.Response.WriteAsync("{", Ct);
                await http.Response.Body.FlushAsync(Ct);
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
                break;
            case "/large/models":
                await http.Response.WriteAsync(new string(' ', 5 * 1024 * 1024), Ct);
                break;
            case "/page/models":
                await http.Response.WriteAsync("<html>", Ct);
                break;
            default:
                http.Response.StatusCode = 503;
                break;
        }
    }

    private Task<ExternalAnswer> AskAsync(string path, string model = "m", string? key = null)
        => _probe.AskAsync(
            new ExternalQuestion("default", new ExternalEndpoint { Url = $"{_server.Urls.Single()}{path}", ApiKey = key is null ? null : new SecretKeyReference { Name = "cloud", Key = key } }, model, "1"), Ct);

    [Fact]
    public async Task One_that_answers_is_ready_with_and_without_a_key_and_a_slash_at_the_end()
    {
        Assert.Equal(new ExternalAnswer.Answers(null), await AskAsync("/good/v1"));
        Assert.Equal(new ExternalAnswer.Answers(null), await AskAsync("/good/v1/", key: "token"));

        Assert.Equal([("/good/v1/models", ""), ("/good/v1/models", $"Bearer {Key}")], _asked);
    }

    [Fact]
    public async Task One_that_does_not_list_the_model_is_ready_and_the_name_is_told()
        => Assert.Contains("'other'; spec.external.model", Assert.IsType<ExternalAnswer.Answers>(await AskAsync("/good/v1", "other")).Note);

    [Theory]
    [InlineData("/good/v1", "wrong", "Unauthorized", "does not take key 'wrong' of Secret 'cloud'")]
    [InlineData("/good/v1", "odd", "InvalidKey", "key 'odd' of Secret 'cloud' cannot be sent")]
    [InlineData("/moved", "token", "Redirects", "redirects are not followed")]
    [InlineData("/slow", null, "Timeout", "no answer within 2 s")]
    [InlineData("/dripping", null, "Timeout", "no answer within 2 s")]
    [InlineData("/large", null, "NoModelList", "at most 4 MiB")]
    [InlineData("/page", null, "NoModelList", "should end before /models")]
    [InlineData("/broken", null, "BadAnswer", "answers 503")]
    public async Task What_is_wrong_is_told_with_the_address_and_never_with_the_key(string path, string? key, string reason, string message)
    {
        var answer = Assert.IsType<ExternalAnswer.Fails>(await AskAsync(path, key: key));

        Assert.Equal(reason, answer.Reason);
        Assert.Contains(message, answer.Message);
        Assert.DoesNotContain("nope", answer.Message);
        Assert.DoesNotContain(Key, answer.Message);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_with_the_key()
    {
        var answer = Assert.IsType<ExternalAnswer.Fails>(await AskAsync("/moved", key: "token"));

        Assert.Equal("/moved/models", Assert.Single(_asked).Path);
        Assert.DoesNotContain("key=x", answer.Message);
    }

    [Fact]
    public async Task One_that_is_dead_is_told_the_same_each_time()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var question = new ExternalQuestion("default", new ExternalEndpoint { Url = $"http://{taken.LocalEndpoint}/v1" }, "m", null);
        taken.Stop();

        var answer = Assert.IsType<ExternalAnswer.Fails>(await _probe.AskAsync(question, Ct));

        Assert.Equal("Unreachable", answer.Reason);
        Assert.Equal(answer, await _probe.AskAsync(question, Ct));
    }

    [Fact]
    public async Task Certificates_are_taken_as_the_gateway_takes_them()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        await using var server = builder.Build();
        server.Run(http => http.Response.WriteAsync("""{"data": [{"id": "m"}]}""", Ct));
        await server.StartAsync(Ct);
        using var trusting = new HttpExternalProbe((_, _, _) => Task.FromResult<IReadOnlyDictionary<string, string>?>(null), (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString());
        var question = new ExternalQuestion("default", new ExternalEndpoint { Url = $"{server.Urls.Single()}/v1" }, "m", null);

        Assert.Equal(new ExternalAnswer.Answers(null), await trusting.AskAsync(question, Ct));
        Assert.Equal("Unreachable", Assert.IsType<ExternalAnswer.Fails>(await _probe.AskAsync(question, Ct)).Reason);
    }
}
