using Orrery.Api.Tests.Metrics;

namespace Orrery.Api.Tests.Kubectl;

/// <summary><c>kubectl top</c> with the real program.</summary>
public sealed class KubectlTopTests
{
    public static TheoryData<string> Programs => KubectlTests.Programs;

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Top_of_pods_and_nodes(string program)
    {
        await using var api = await MetricsEndpointsTests.StartAsync();
        using var home = new TempFolder();
        var kubectl = KubectlProgram.Find(program, home, api);

        Assert.Matches(@"^NAME +CPU\(cores\) +MEMORY\(bytes\) *\nstories-engine-0 +\d+m +2Mi *\n$", await kubectl.SucceedsAsync("top", "pod"));
        Assert.Matches(@"(?m)^stories-engine-0 +engine +\d+m +2Mi *$", await kubectl.SucceedsAsync("top", "pod", "stories-engine-0", "--containers"));
        Assert.Matches(@"(?m)^box +\d+m +\d+% +8192Mi +50% *$", await kubectl.SucceedsAsync("top", "node"));
        Assert.Contains("MetricValueList", await kubectl.SucceedsAsync("get", "--raw", "/apis/custom.metrics.k8s.io/v1beta1/namespaces/default/inferenceservices.orrery.dev/*/requests_total"), StringComparison.Ordinal);
        // A group of subresources alone is no kind to get.
        Assert.Contains("inferenceservices", await kubectl.SucceedsAsync("api-resources", "--api-group=orrery.dev"), StringComparison.Ordinal);
        Assert.Contains("No resources found", (await kubectl.RunAsync("get", "inferenceservices.orrery.dev")).Error, StringComparison.Ordinal);
    }
}
