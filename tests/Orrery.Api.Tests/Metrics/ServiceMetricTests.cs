using Orrery.Resources.Serving;

namespace Orrery.Api.Tests.Metrics;

public sealed class ServiceMetricTests
{
    private const string Root = "/apis/custom.metrics.k8s.io/v1beta1/namespaces/default/inferenceservices.orrery.dev";

    [Fact]
    public async Task What_gateways_see_of_a_service()
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("stories");
        var key = InferenceService.Kind.Key("default", "stories");
        using var works = api.Demand.Enter(key);
        works.Start();
        works.AddTokens(7);
        works.SetTokensInFlight(12);
        using var waits = api.Demand.Enter(key);

        var (code, list) = await api.SendAsync("GET", $"{Root}/stories/requests_waiting");

        Assert.Equal((200, "MetricValueList", "custom.metrics.k8s.io/v1beta1"), (code, (string?)list["kind"], (string?)list["apiVersion"]));
        var item = Assert.Single(list["items"]!.AsArray())!;
        Assert.Equal("""{"kind":"InferenceService","namespace":"default","name":"stories","apiVersion":"orrery.dev/v1alpha1"}""", item["describedObject"]!.ToJsonString());
        Assert.Equal(("requests_waiting", "1"), ((string?)item["metricName"], (string?)item["value"]));
        Assert.Equal("1 2 7 12", string.Join(' ', await Task.WhenAll(((string[])["requests_in_flight", "requests_total", "tokens_total", "tokens_in_flight"]).Select(m => ValueAsync(api, m)))));
        Assert.True(long.Parse((await ValueAsync(api, "last_used_timestamp_seconds"))!, System.Globalization.CultureInfo.InvariantCulture) > 1_700_000_000);
    }

    [Fact]
    public async Task All_services_of_a_namespace_at_once_and_those_that_labels_choose()
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("a", new Dictionary<string, string> { ["tier"] = "web" });
        await api.CreateAsync("b");

        Assert.Equal("a b", await NamesAsync(api, "*/requests_total"));
        Assert.Equal("a", await NamesAsync(api, "*/requests_total?labelSelector=tier%3Dweb"));
        Assert.Equal("", await NamesAsync(api, "*/requests_total?metricLabelSelector=verb%3DGET"));
        // Nobody asked for one.
        Assert.Equal("", await NamesAsync(api, "*/last_used_timestamp_seconds"));
    }

    [Theory]
    [InlineData("absent/requests_waiting", 404, "inferenceservices.orrery.dev \"absent\" not found")]
    [InlineData("*/requests_lost", 404, "/requests_lost")]
    [InlineData("*/requests_total?labelSelector=a%3D%3D%3Db", 400, "labelSelector")]
    [InlineData("*/requests_total?metricLabelSelector=a%3D%3D%3Db", 400, "abelSelector")]
    public async Task What_there_is_not_is_refused(string path, int code, string why)
    {
        await using var api = await TestApi.StartAsync();

        var (actual, status) = await api.SendAsync("GET", $"{Root}/{path}");

        Assert.Equal(code, actual);
        Assert.Contains(why, (string?)status["message"], StringComparison.Ordinal);
    }

    private static async Task<string?> ValueAsync(TestApi api, string metric)
        => (string?)(await api.SendAsync("GET", $"{Root}/stories/{metric}")).Body["items"]![0]!["value"];

    private static async Task<string> NamesAsync(TestApi api, string path)
        => string.Join(' ', (await api.SendAsync("GET", $"{Root}/{path}")).Body["items"]!.AsArray().Select(i => (string?)i!["describedObject"]!["name"]));
}
