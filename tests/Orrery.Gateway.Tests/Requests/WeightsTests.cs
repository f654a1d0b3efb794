using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Gateway.Tests.Fixtures;
using Orrery.Resources.Serving;

namespace Orrery.Gateway.Tests.Requests;

public sealed class WeightsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("m", """{"model":"m","x": 1}""")]
    [InlineData("m:pirate", """{"model":"pirate","x": 1}""")]
    [InlineData("default/m:dot.ted", """{"model":"dot.ted","x": 1}""")]
    public async Task Weights_go_by_their_own_name_at_the_replica(string model, string expected)
    {
        await using var replica = await ScriptedReplica.SayingAsync("ok");
        await using var gateway = await StartAsync(replica);

        Assert.Equal("ok", await gateway.TextAsync($$"""{"model":"{{model}}","x": 1}"""));

        Assert.Equal(expected, Encoding.UTF8.GetString(replica.Requests.Single().Body));
    }

    [Fact]
    public async Task Weights_go_by_what_replicas_call_them_where_the_status_says_it()
    {
        await using var replica = await ScriptedReplica.SayingAsync("ok");
        await using var gateway = await StartAsync(replica);
        await gateway.SetStatusAsync("m", new InferenceServiceStatus { Weights = [new ServedWeight { Name = "pirate", Model = "base:pirate" }] });
        await gateway.SettledAsync(replica);

        await gateway.TextAsync("""{"model":"m:pirate"}""");
        await gateway.TextAsync("""{"model":"m:dot.ted"}""");

        Assert.Equal(["""{"model":"base:pirate"}""", """{"model":"dot.ted"}"""], replica.Requests.Select(r => Encoding.UTF8.GetString(r.Body)));
    }

    [Theory]
    [InlineData("m:nope", "'m:pirate', 'm:dot.ted'")]
    [InlineData("m:", "'m:pirate', 'm:dot.ted'")]
    [InlineData("m:pirate:pirate", "'m:pirate', 'm:dot.ted'")]
    [InlineData("plain:pirate", "serves none")]
    [InlineData("far:pirate", "serves none")]
    [InlineData("nope:pirate", "'m', 'plain'")]
    public async Task Weights_that_are_not_there_are_404_and_those_that_are_get_named(string model, string named)
    {
        await using var replica = await ScriptedReplica.SayingAsync("ok");
        await using var gateway = await StartAsync(replica);

        using var asked = await gateway.AskAsync($$"""{"model":"{{model}}"}""");
        using var looked = await gateway.Client.GetAsync($"/v1/models/{model}", Ct);

        foreach (var response in new[] { asked, looked })
        {
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Contains(named, (string)(await GatewayUnderTest.ErrorAsync(response))["message"]!, StringComparison.Ordinal);
        }
        Assert.Empty(replica.Requests);
    }

    [Fact]
    public async Task Weights_are_listed_beside_their_service()
    {
        await using var replica = await ScriptedReplica.SayingAsync("ok");
        await using var gateway = await StartAsync(replica);

        var models = JsonNode.Parse(await gateway.Client.GetStringAsync("/v1/models", Ct))!["data"]!.AsArray();
        var one = JsonNode.Parse(await gateway.Client.GetStringAsync("/v1/models/m%3Apirate", Ct))!;

        Assert.Equal(
            "far , m , m:pirate m, m:dot.ted m, plain ", string.Join(", ", models.Select(m => $"{m!["id"]} {m["parent"]}")));
        Assert.Equal(("m:pirate", "m", true), ((string)one["id"]!, (string)one["parent"]!, (bool)one["ready"]!));
    }

    [Theory]
    [InlineData("m:pirate")]
    [InlineData("m:nope")]
    public async Task Who_may_not_use_the_service_may_not_use_its_weights_nor_hear_of_them(string model)
    {
        await using var replica = await ScriptedReplica.SayingAsync("ok");
        await using var gateway = await StartAsync(replica);
        using var guest = gateway.NewClient(gateway.GuestKey);

        using var asked = await guest.PostAsync("/v1/completions", new StringContent($$"""{"model":"{{model}}"}"""), Ct);
        using var looked = await guest.GetAsync($"/v1/models/{model}", Ct);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (asked.StatusCode, looked.StatusCode));
        Assert.DoesNotContain("dot.ted", await asked.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    private static async Task<GatewayUnderTest> StartAsync(ScriptedReplica replica)
    {
        var gateway = await GatewayUnderTest.StartAsync();
        await gateway.AddServiceAsync("plain");
        await gateway.AddServiceAsync("far", new InferenceServiceSpec
        {
            Model = new ModelReference { Name = "m", FineTunedWeights = ["pirate"] }, External = new ExternalEndpoint { Url = "http://127.0.0.1:9/v1" },
        });
        await gateway.AddServiceAsync("m", new InferenceServiceSpec { Model = new ModelReference { Name = "m", FineTunedWeights = ["pirate", "dot.ted"] } });
        await gateway.SetReplicasAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);
        return gateway;
    }
}
