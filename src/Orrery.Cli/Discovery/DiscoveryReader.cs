using System.Text.Json.Nodes;
using Orrery.Cli.Client;

namespace Orrery.Cli.Discovery;

/// <summary>Asks a server which kinds it has: in two requests where it has aggregated discovery, one per group version where not.</summary>
internal sealed class DiscoveryReader(ResourceClient client)
{
    private const int AtOnce = 8;

    private const string Accept
        = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList, application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList, application/json";

    public async Task<ApiCatalog> ReadAsync(CancellationToken ct)
    {
        var core = await client.DocumentAsync("api", Accept, ct);
        var groups = await client.DocumentAsync("apis", Accept, ct);
        var parts = new List<Func<Task<IEnumerable<ApiResource>>>>();
        foreach (var answer in (JsonObject[])[core, groups])
        {
            if (answer["kind"]?.ToString() == "APIGroupDiscoveryList")
                parts.Add(() => Task.FromResult(DiscoveryDocuments.Aggregated(answer)));
            else
                parts.AddRange(DiscoveryDocuments.GroupVersions(answer).Select<string, Func<Task<IEnumerable<ApiResource>>>>(path => () => ListAsync(path, ct)));
        }

        List<ApiResource> resources = [];
        List<string> problems = [];
        foreach (var some in parts.Chunk(AtOnce))
        {
            foreach (var asked in some.Select(p => p()).ToList())
            {
                try
                {
                    resources.AddRange(await asked);
                }
                catch (CliException e)
                {
                    // One group whose server is gone must not hide all others.
                    problems.Add(e.Message);
                }
            }
        }
        return new ApiCatalog(resources, problems);
    }

    private async Task<IEnumerable<ApiResource>> ListAsync(string path, CancellationToken ct)
        => DiscoveryDocuments.Resources(await client.DocumentAsync(path, "application/json", ct));
}
