using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Orrery.Gateway.Routing;
using Orrery.Gateway.Tests.Fixtures;
using Orrery.Resources;
using Orrery.Resources.Serving;

namespace Orrery.Gateway.Tests.Relaying;

public sealed class ExternalTests
{
    private const string Ask = """{"model":"m"}""";
    private const string Key = "sk-very-secret-1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_goes_out_with_its_own_key_and_name_and_all_else_byte_for_byte()
    {
        const string Answer = """{ "model": "theirs", "odd" :  [1e400, "\u00e9 é"]}""";
        await using var server = await ScriptedReplica.SayingAsync(Answer);
        await using var gateway = await GatewayUnderTest.StartAsync();
        await AddAsync(gateway, $"{UrlOf(server)}/api/v9/", model: "their \"model\"/é");
        const string Body = "\r\n {\"nested\":{\"model\":\"m\"}, \"n\":[1.50,1e400,-0.0,{\"a\":\"\\u00e9\\/ é😀\"}],\t\"mod\\u0065l\" : \"\\u006d\" ,\"dup\":1,\"dup\":2 }  ";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions?x=%C3%A9") { Content = new StringContent(Body) };
        foreach (var (name, value) in new[] { ("x-mine", "1"), ("x-api-key", "k"), ("api-key", "k"), ("OpenAI-Organization", "o"), ("OpenAI-Project", "p"), ("Cookie", "c=d") })
            request.Headers.TryAddWithoutValidation(name, value);

        using var response = await gateway.Client.SendAsync(request, Ct);

        Assert.Equal(Answer, await response.Content.ReadAsStringAsync(Ct));
        var asked = server.Requests.Single();
        Assert.Equal("/api/v9/chat/completions?x=%C3%A9", asked.PathAndQuery);
        Assert.Equal(Body.Replace("\"\\u006d\"", "\"their \\u0022model\\u0022/\\u00E9\"", StringComparison.Ordinal), Encoding.UTF8.GetString(asked.Body));
        Assert.Equal($"Bearer {Key}", asked.Headers["Authorization"]);
        Assert.Equal("1", asked.Headers["x-mine"]);
        Assert.Equal(new Uri(UrlOf(server)).Authority, asked.Headers["Host"]);
        Assert.Empty(asked.Headers.Keys.Intersect(["x-api-key", "api-key", "OpenAI-Organization", "OpenAI-Project", "Cookie"], StringComparer.OrdinalIgnoreCase));
        Assert.DoesNotContain(asked.Headers.Values, v => v.Contains(gateway.AdminKey, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_key_and_a_name_none_is_sent_and_the_services_name_is_it()
    {
        await using var server = await ScriptedReplica.StartAsync(http => ScriptedReplica.StreamAsync(http, "data: 1\n\n", "data: [DONE]\n\n"));
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.AddServiceAsync("m", new InferenceServiceSpec { External = new ExternalEndpoint { Url = UrlOf(server) } });
        await gateway.SeesModelAsync("m", ready: true);

        Assert.Equal(["1", "[DONE]"], await gateway.EventsAsync("""{"model":"default/m","stream":true}"""));

        Assert.Equal("""{"model":"m","stream":true}""", Encoding.UTF8.GetString(server.Requests.Single().Body));
        Assert.False(server.Requests.Single().Headers.ContainsKey("Authorization"));
        Assert.Equal("/completions", server.Requests.Single().PathAndQuery);
    }

    [Fact]
    public async Task A_large_body_is_spliced_too()
    {
        await using var server = await ScriptedReplica.SayingAsync("ok");
        await using var gateway = await GatewayUnderTest.StartAsync();
        await AddAsync(gateway, UrlOf(server), model: "x");
        string text = new('é', 2_000_000);

        Assert.Equal("ok", await gateway.TextAsync($$"""{"prompt":"{{text}}","model":"m","a":1}"""));

        Assert.Equal($$"""{"prompt":"{{text}}","model":"x","a":1}""", Encoding.UTF8.GetString(server.Requests.Single().Body));
    }

    [Theory]
    [InlineData("an authority that nobody trusts", false, "localhost", 10, false)]
    [InlineData("an authority of one's own", true, "localhost", 10, true)]
    [InlineData("another host's certificate", true, "example.org", 10, false)]
    [InlineData("one that has expired", true, "localhost", 0, false)]
    public async Task Servers_over_TLS_must_show_who_they_are(string because, bool trusted, string host, int validDays, bool answers)
    {
        using var folder = new TempFolder();
        using var authority = new TestAuthority();
        using var certificate = authority.Issue(host, validDays);
        await File.WriteAllTextAsync(folder.File("ca.pem"), authority.Pem, Ct);
        await using var server = await ScriptedReplica.StartAsync(http => ScriptedReplica.WholeAsync(http, "over TLS"), certificate: certificate);
        var logs = new RememberedLogs();
        await using var gateway = await GatewayUnderTest.StartAsync(
            new GatewayOptions { TrustedCertificates = trusted ? folder.File("ca.pem") : "", EjectFor = TimeSpan.FromMilliseconds(1) }, logs);
        await AddAsync(gateway, $"https://localhost:{server.Port}/v1");

        using var response = await gateway.AskAsync(Ask);

        Assert.True(answers == (response.StatusCode == HttpStatusCode.OK), because);
        Assert.Equal(answers ? 1 : 0, server.Requests.Count);
        if (answers)
            Assert.Equal($"Bearer {Key}", server.Requests.Single().Headers["Authorization"]);
        else
            Assert.Contains(logs.Lines, line => line.Contains("certificate", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(301, "redirect")]
    [InlineData(307, "redirect")]
    [InlineData(401, "refused the key")]
    public async Task What_is_meant_for_the_gateway_is_not_followed_nor_passed_on_and_the_key_is_shown_to_nobody(int status, string word)
    {
        await using var elsewhere = await ScriptedReplica.SayingAsync("stolen");
        await using var server = await ScriptedReplica.StartAsync(async http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = $"{UrlOf(elsewhere)}/completions";
            await ScriptedReplica.WholeAsync(http, $"the key was {http.Request.Headers.Authorization}");
        });
        var logs = new RememberedLogs();
        await using var gateway = await GatewayUnderTest.StartAsync(logs: logs);
        await AddAsync(gateway, UrlOf(server));

        using var response = await gateway.AskAsync(Ask);
        string text = await response.Content.ReadAsStringAsync(Ct);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Contains(word, text, StringComparison.Ordinal);
        Assert.DoesNotContain(logs.Lines.Append(text).Append(response.Headers.ToString()), t => t.Contains(Key, StringComparison.Ordinal));
        Assert.Empty(elsewhere.Requests);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task Other_errors_are_the_servers_answer(int status)
    {
        await using var server = await ScriptedReplica.StartAsync(async http =>
        {
            http.Response.StatusCode = status;
            await ScriptedReplica.WholeAsync(http, "theirs");
        });
        await using var gateway = await GatewayUnderTest.StartAsync();
        await AddAsync(gateway, UrlOf(server));

        using var response = await gateway.AskAsync(Ask);

        Assert.Equal((status, "theirs"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Ct)));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_server_that_dies_before_the_first_byte_is_asked_again_and_one_in_the_middle_is_not()
    {
        int asked = 0;
        var seen = new TaskCompletionSource();
        await using var server = await ScriptedReplica.StartAsync(async http =>
        {
            if (Interlocked.Increment(ref asked) > 1)
            {
                await ScriptedReplica.StreamAsync(http, "data: 1\n\n");
                await seen.Task.WaitAsync(http.RequestAborted);
            }
            http.Abort();
        });
        await using var gateway = await GatewayUnderTest.StartAsync(new GatewayOptions { EjectFor = TimeSpan.FromMilliseconds(1) });
        await AddAsync(gateway, UrlOf(server));

        var events = await gateway.EventsAsync("""{"model":"m","stream":true}""", _ => seen.TrySetResult());

        Assert.Equal("1", events[0]);
        Assert.Equal("upstream_failed", GatewayUnderTest.Code(events[1]));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_server_that_was_found_unfit_gets_requests_when_it_is_fit_again()
    {
        await using var server = await ScriptedReplica.SayingAsync("fit");
        await using var gateway = await GatewayUnderTest.StartAsync();
        await AddAsync(gateway, UrlOf(server));
        await gateway.SetStatusAsync("m", new InferenceServiceStatus { Conditions = [Conditions.False(ServiceConditions.ExternalReady, "Unreachable", "no answer")] });
        await gateway.SeesModelAsync("m", ready: false);

        var asking = gateway.TextAsync(Ask);
        await gateway.WaitsAsync("m", 1);
        Assert.Empty(server.Requests);
        await gateway.SetStatusAsync("m", new InferenceServiceStatus { Conditions = [Conditions.True(ServiceConditions.ExternalReady, "Answers")] });

        Assert.Equal("fit", await asking);
    }

    [Fact]
    public async Task A_key_that_is_not_there_is_named_and_a_new_one_is_used_at_once()
    {
        await using var server = await ScriptedReplica.SayingAsync("ok");
        await using var gateway = await GatewayUnderTest.StartAsync();
        var reference = new SecretKeyReference { Name = "keys", Key = "k" };
        await gateway.AddServiceAsync("m", new InferenceServiceSpec { External = new ExternalEndpoint { Url = UrlOf(server), ApiKey = reference } });
        await gateway.SeesModelAsync("m", ready: false);

        using var refused = await gateway.AskAsync(Ask);
        string why = (string)(await GatewayUnderTest.ErrorAsync(refused))["message"]!;
        await gateway.SetSecretAsync("keys", "k", "not a\nkey");
        await Eventually.SeesAsync(async () => (await gateway.TextAsync(Ask)).Contains("is no key", StringComparison.Ordinal) ? "yes" : null, () => "no word of it");
        foreach (string key in new[] { "one\n", "two" })
        {
            await gateway.SetSecretAsync("keys", "k", key);
            await Eventually.SeesAsync(
                async () => await gateway.TextAsync(Ask) == "ok" && server.Requests.Last().Headers["Authorization"] == $"Bearer {key.Trim()}" ? "yes" : null, () => "another key");
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.All(["'k'", "'keys'"], word => Assert.Contains(word, why, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_that_leads_back_to_itself_ends()
    {
        await using var gateway = await GatewayUnderTest.StartAsync();
        await gateway.SetSecretAsync("keys", "k", gateway.AdminKey);
        await gateway.AddServiceAsync("m", new InferenceServiceSpec
        {
            External = new ExternalEndpoint { Url = new Uri(gateway.Client.BaseAddress!, "/v1").AbsoluteUri, ApiKey = new SecretKeyReference { Name = "keys", Key = "k" } },
        });
        await gateway.SeesModelAsync("m", ready: true);

        using var response = await gateway.AskAsync(Ask);

        Assert.Equal(508, (int)response.StatusCode);
        await Eventually.TrueAsync(() => gateway.DemandOf("m") is { InFlight: 0, Waiting: 0, Arrived: 4 }, () => gateway.DemandOf("m").ToString());
    }

    [Fact]
    public async Task Nobody_reaches_a_replica_by_the_name_of_its_connections()
    {
        await using var replica = await ScriptedReplica.SayingAsync("another's", socket: true);
        await using var gateway = await GatewayUnderTest.StartAsync(new GatewayOptions { EjectFor = TimeSpan.FromMilliseconds(1) });
        await gateway.ServeAsync("theirs", replica);
        await gateway.SeesModelAsync("theirs", ready: true);
        await gateway.AddServiceAsync("m", new InferenceServiceSpec { External = new ExternalEndpoint { Url = new UpstreamAddress.UnixSocket(replica.Address).Root.AbsoluteUri } });
        await gateway.SeesModelAsync("m", ready: true);
        Assert.Equal("another's", await gateway.TextAsync("""{"model":"theirs"}"""));

        using var response = await gateway.AskAsync(Ask);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Single(replica.Requests);
    }

    private static string UrlOf(ScriptedReplica server) => $"http://127.0.0.1:{server.Port}";

    private static async Task AddAsync(GatewayUnderTest gateway, string url, string? model = null)
    {
        await gateway.SetSecretAsync("keys", "k", Key);
        await gateway.AddServiceAsync("m", new InferenceServiceSpec
        {
            External = new ExternalEndpoint { Url = url, Model = model, ApiKey = new SecretKeyReference { Name = "keys", Key = "k" } },
        });
        await gateway.SeesModelAsync("m", ready: true);
    }
}
