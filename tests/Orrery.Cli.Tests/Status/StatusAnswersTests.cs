using System.Text.Json.Nodes;
using Orrery.Cli.Status;
using Orrery.Resources.Demand;

namespace Orrery.Cli.Tests.Status;

public sealed class StatusAnswersTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static readonly Uri Server = new("https://127.0.0.1:8443/");

    private const string Stories =
        """
        {"metadata":{"name":"stories","namespace":"default"},"spec":{"model":{"name":"m"}},
         "status":{"runtime":"orrery","components":{"engine":{"readyReplicas":1,"desiredReplicas":2,"selectedAccelerator":{"acceleratorClass":"h200","count":2}},"router":{"readyReplicas":1,"desiredReplicas":1}},
                   "conditions":[{"type":"Ready","status":"False","reason":"Starting","message":"the replicas are being started"}]}}
        """;

    private const string Far = """{"metadata":{"name":"far","namespace":"team"},"spec":{"external":{"url":"https://api.example.com/v1","model":"gpt"}},"status":{"conditions":[{"type":"Ready","status":"True","reason":"Answers","message":"yes"}]}}""";

    [Fact]
    public void A_service_has_what_its_replicas_use_and_what_gateways_see()
    {
        var service = Answers(Stories).ToStatus(Server, Now).Services[0];

        Assert.Equal(("default", "stories", "m", "orrery", false), (service.Namespace, service.Name, service.Model, service.Runtime, service.External));
        Assert.Equal((2, 3), (service.Ready, service.Wanted));
        Assert.Equal(new ResourceUse(0.75, 3 << 20), service.Use);
        Assert.Equal((2, 1, 50.0), (service.InFlight, service.Waiting, service.TokensPerSecond));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_769_860_000), service.LastUsed);
        Assert.Equal(("Starting", "the replicas are being started"), (service.State, service.Message));
    }

    [Fact]
    public void Services_stand_in_order_and_external_ones_are_told_apart()
    {
        var status = Answers(Far, Stories).ToStatus(Server, Now);

        Assert.Equal(["stories", "far"], status.Services.Select(s => s.Name));
        Assert.Equal(("gpt", "external", true, "Answers", ""), (status.Services[1].Model, status.Services[1].Runtime, status.Services[1].External, status.Services[1].State, status.Services[1].Message));
    }

    [Fact]
    public void A_machine_has_processors_memory_and_accelerators_and_services_have_some_of_them()
    {
        var status = Answers(Stories).ToStatus(Server, Now);

        Assert.Equal([new MachineStatus("box", 3.5, 8L << 30, 4, new ResourceUse(1.25, 2L << 30))], status.Machines);
        Assert.Equal(4, status.AcceleratorsUsed);
    }

    [Theory]
    [InlineData("v1.33.0+orrery-0.1.0", "0.1.0")]
    [InlineData("v1.31.2", "v1.31.2")]
    [InlineData(null, null)]
    public void The_version_is_orrerys_own_where_it_has_one(string? server, string? expected)
        => Assert.Equal(expected, (Answers() with { Version = server }).ToStatus(Server, Now).Version);

    [Fact]
    public void What_a_server_does_not_tell_is_named_and_not_made_up()
    {
        var status = (Answers(Stories) with { Nodes = null, NodeUse = null, PodUse = null, Before = null, Now = null }).ToStatus(Server, Now);

        Assert.Equal(["machines", "memory", "requests"], status.Missing.Select(m => m.Split(' ')[0]));
        var service = status.Services[0];
        Assert.True(service is { Use: null, InFlight: null, Waiting: null, TokensPerSecond: null, LastUsed: null });
    }

    [Fact]
    public void A_service_without_replicas_uses_nothing_and_one_that_is_new_has_no_rate_yet()
    {
        var status = (Answers(Stories) with { PodUse = [], Before = new DemandReading(0, new Dictionary<(string, string, string), long>()) }).ToStatus(Server, Now);

        Assert.Equal((default(ResourceUse), null), (status.Services[0].Use, status.Services[0].TokensPerSecond));
    }

    [Fact]
    public void A_gateway_that_was_started_again_counts_from_nothing_and_never_below_it()
        => Assert.Equal(0, (Answers(Stories) with { Before = Reading(tokens: 9999) }).ToStatus(Server, Now).Services[0].TokensPerSecond);

    internal static StatusAnswers Answers(params string[] services) => new(
        [.. services.Select(Json)],
        "v1.33.0+orrery-0.1.0",
        [Json("""{"metadata":{"name":"box"},"status":{"capacity":{"cpu":"4","memory":"16Gi","nvidia.com/gpu":"4"},"allocatable":{"cpu":"3500m","memory":"8Gi","nvidia.com/gpu":"4"}}}""")],
        [Json("""{"metadata":{"name":"box"},"usage":{"cpu":"1250000000n","memory":"2Gi"}}""")],
        [Pod("stories-engine-0", "500m", "1Mi"), Pod("stories-router-0", "250000000n", "2048Ki")],
        Reading(tokens: 100), Reading(tokens: 200), TimeSpan.FromSeconds(2));

    private static DemandReading Reading(long tokens) => new(0, new Dictionary<(string, string, string), long>
    {
        [("default", "stories", DemandMetric.InFlight.Name)] = 2,
        [("default", "stories", DemandMetric.Waiting.Name)] = 1,
        [("default", "stories", DemandMetric.Tokens.Name)] = tokens,
        [("default", "stories", DemandMetric.LastUsed.Name)] = 1_769_860_000,
    });

    private static JsonObject Pod(string name, string cpu, string memory)
        => Json($$"""{"metadata":{"name":"{{name}}","namespace":"default","labels":{"orrery.dev/inferenceservice":"stories"} },"containers":[{"name":"c","usage":{"cpu":"{{cpu}}","memory":"{{memory}}"} }]}""");

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
