using System.Text.Json.Nodes;
using Orrery.Cli.Describing;
using Orrery.Resources.Serving;

namespace Orrery.Cli.Tests.Describing;

public sealed class ServicePartsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Components_say_who_gets_requests_and_how_replicas_ended()
    {
        var components = new Dictionary<string, ComponentStatus>
        {
            ["engine"] = new()
            {
                Replicas = "1/2", Revision = "abc",
                Traffic = [new RevisionTraffic { Revision = "abc", Workload = "s-engine", Percent = 90 }, new RevisionTraffic { Revision = "def", Workload = "s-canary", Percent = 10 }],
                SelectedAccelerator = new SelectedAccelerator { AcceleratorClass = "h200", Count = 2 },
                LastExit = new ReplicaExitStatus { Replica = "s-engine-0", Signal = 9, Reason = "OOMKilled", Message = "loading\nno memory\n", FinishedAt = Now.AddMinutes(-5) },
            },
            ["router"] = new() { ReadyReplicas = 1, DesiredReplicas = 1, Traffic = [new RevisionTraffic { Revision = "x", Workload = "s-router", Percent = 100 }], LastExit = new ReplicaExitStatus { Replica = "s-router-0", ExitCode = 3, Reason = "Error" } },
        };

        Assert.Equal(
            """
              COMPONENT   REPLICAS   REVISION   TRAFFIC                                    ACCELERATORS
              engine      1/2        abc        90 % abc (s-engine), 10 % def (s-canary)   2 x h200
              router      1/1        -          100 %                                      -
              last exit of engine: s-engine-0 ended by signal 9 (OOMKilled) 5m ago
                loading
                no memory
              last exit of router: s-router-0 ended with exit code 3 (Error)

            """.Replace("\r", "", StringComparison.Ordinal),
            ServicePartsText.Components(components, Now));
    }

    [Fact]
    public void Replicas_are_the_servers_own_rows_with_what_they_use()
    {
        var pods = JsonNode.Parse(
            """
            {"columnDefinitions":[{"name":"Name","priority":0},{"name":"Ready","priority":0},{"name":"IP","priority":1}],
             "rows":[{"cells":["s-engine-0","1/1","-"],"object":{"metadata":{"name":"s-engine-0"}}},{"cells":["s-engine-1","0/1","-"],"object":{"metadata":{"name":"s-engine-1"}}}]}
            """)!.AsObject();
        var use = JsonNode.Parse("""{"metadata":{"name":"s-engine-0"},"containers":[{"usage":{"cpu":"250m","memory":"3Mi"}}]}""")!.AsObject();

        Assert.Equal(
            """
              NAME         READY   MEMORY    CPU
              s-engine-0   1/1     3.0 MiB   0.25
              s-engine-1   0/1     -         -

            """.Replace("\r", "", StringComparison.Ordinal),
            ServicePartsText.Replicas(pods, [use]));
    }
}
