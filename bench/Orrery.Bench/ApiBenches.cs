namespace Orrery.Bench;

/// <summary>The same on each server that there is, one after the other in one run.</summary>
internal static class ApiBenches
{
    public static async Task<IReadOnlyList<Figure>> RunAsync(string root, int objects)
    {
        var figures = new List<Figure>();
        string home = Directory.CreateTempSubdirectory("orr-bench-").FullName;
        try
        {
            await using (var up = await Running.UpAsync(root, home))
                figures.AddRange(await ApiBench.RunAsync(new ApiTarget("orrery", up.Api!, up.Key!, up.ProcessId), objects));
            if (KubernetesServer.Find() is { } parts)
            {
                await using var server = await KubernetesServer.StartAsync(parts, Path.Combine(home, "kubernetes"));
                var theirs = await ApiBench.RunAsync(server.Target, objects);
                figures.AddRange(theirs);
                figures.AddRange(Ratios(figures, theirs));
            }
            else
            {
                Console.WriteLine("No kube-apiserver with etcd is cached: nothing to measure beside. CONTRIBUTING.md says how to get one.");
            }
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
        return figures;
    }

    // Growth of memory says little beside a server that had taken it before.
    private static IEnumerable<Figure> Ratios(IReadOnlyList<Figure> figures, IReadOnlyList<Figure> theirs)
        => theirs.Where(t => t.Unit != "MB").Select(t => new Figure("api, orrery : kube-apiserver", t.Name, figures.First(f => f.Name == t.Name).Value / t.Value, "x"));
}
