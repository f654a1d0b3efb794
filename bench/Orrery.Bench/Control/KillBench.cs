using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Orrery.EndToEnd.Support;

namespace Orrery.Bench.Control;

/// <summary>Kills engines, their supervisor and <c>up</c> itself at random moments, and looks each time whether the declared state comes back and nothing is left behind.</summary>
internal static class KillBench
{
    private const int Replicas = 3;
    private const string Service = "/apis/orrery.dev/v1alpha1/namespaces/default/inferenceservices/planets";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<IReadOnlyList<Figure>> RunAsync(string root, int kills, int seed)
    {
        string group = $"{kills} kills, {Replicas} replicas";
        string home = Directory.CreateTempSubdirectory("orr-bench-").FullName;
        var random = new Random(seed);
        var recoveries = new List<double>();
        int lost = 0, ofUp = 0, ofSupervisor = 0;
        Running? up = null;
        try
        {
            up = await Running.UpAsync(root, home);
            await ScaleAsync(up, Replicas);
            await SettledAsync(up, home);
            for (int kill = 0; kill < kills; kill++)
            {
                var victims = Victims(home);
                var victim = victims[random.Next(victims.Count)];
                await Task.Delay(random.Next(200));
                var watch = Stopwatch.StartNew();
                Kill(victim.Pid);
                if (victim.Pid == up.ProcessId)
                {
                    ofUp++;
                    up.Forget();
                    up = await Running.UpAsync(root, home);
                }
                else if (victim.IsSupervisor)
                {
                    ofSupervisor++;
                }
                if (await SettledAsync(up, home))
                    recoveries.Add(watch.Elapsed.TotalSeconds);
                else
                    lost++;
            }
            await up.DisposeAsync();
            up = null;
            recoveries.Sort();
            return
            [
                new Figure(group, "of up itself", ofUp, "kills"),
                new Figure(group, "of the supervisor", ofSupervisor, "kills"),
                new Figure(group, "that did not end in the declared state", lost, "kills", "0"),
                new Figure(group, "back in the declared state, median", recoveries.Count == 0 ? double.NaN : recoveries[recoveries.Count / 2], "s"),
                new Figure(group, "back in the declared state, longest", recoveries.Count == 0 ? double.NaN : recoveries[^1], "s"),
                new Figure(group, "processes left behind", Victims(home).Count, "processes", "0"),
                new Figure(group, "sockets and working folders left behind", Leftovers(home), "files", "0"),
            ];
        }
        finally
        {
            if (up is not null)
                await up.DisposeAsync();
            Directory.Delete(home, recursive: true);
        }
    }

    private static async Task ScaleAsync(Running up, int replicas)
    {
        using var http = new ApiTarget("orrery", up.Api!, up.Key!, up.ProcessId).Client();
        using var patch = new StringContent($$"""{"spec":{"engine":{"minReplicas":{{replicas}},"maxReplicas":{{replicas}} } } }""", Encoding.UTF8, "application/merge-patch+json");
        using var answer = await http.PatchAsync(Service, patch);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>As many replicas as declared say that they are ready, run, and answer; and nothing else of the home runs.</summary>
    private static async Task<bool> SettledAsync(Running up, string home)
    {
        using var http = new ApiTarget("orrery", up.Api!, up.Key!, up.ProcessId).Client();
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Patience;)
        {
            using var service = JsonDocument.Parse(await http.GetByteArrayAsync(Service));
            if (service.RootElement.TryGetProperty("status", out var status) && status.TryGetProperty("components", out var components)
                && components.TryGetProperty("engine", out var engine) && engine.TryGetProperty("readyReplicas", out var ready) && ready.GetInt32() == Replicas
                && Victims(home).Count == Replicas + 2 && Directory.GetFiles(Path.Combine(home, "run"), "*.sock").Length == Replicas)
            {
                await up.OneTokenAsync();
                return true;
            }
            await Task.Delay(50);
        }
        return false;
    }

    private sealed record Victim(int Pid, bool IsSupervisor);

    /// <summary>Processes of the home: <c>up</c>, its supervisor, replicas.</summary>
    private static IReadOnlyList<Victim> Victims(string home)
        => [.. Processes.Mentioning(home).Select(pid => new Victim(pid, Processes.CommandLine(pid).Contains(" supervise ", StringComparison.Ordinal)))];

    private static int Leftovers(string home)
        => Directory.GetFiles(Path.Combine(home, "run"), "*.sock").Length + Directory.GetDirectories(Path.Combine(home, "work")).Length;

    private static void Kill(int pid)
    {
        using var kill = Process.Start("kill", ["-KILL", $"{pid}"]);
        kill.WaitForExit();
    }
}
