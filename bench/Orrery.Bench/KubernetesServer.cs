using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Orrery.Bench;

/// <summary>A real kube-apiserver over a real etcd, both on loopback and gone afterwards.</summary>
internal sealed class KubernetesServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<Process> _processes = [];

    public ApiTarget Target { get; private set; } = null!;

    public sealed record Parts(string Etcd, string ApiServer);

    /// <summary>Null: not cached here.</summary>
    public static Parts? Find()
    {
        string cache = Set("ORRERY_TEST_CACHE")
            ?? Path.Combine(Set("XDG_CACHE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "orrery-test");
        string server = Path.Combine(cache, "kubernetes", "kube-apiserver");
        string? etcd = (Set("PATH") ?? "").Split(':').Append(Path.Combine(cache, "root", "usr", "bin")).Select(folder => Path.Combine(folder, "etcd")).FirstOrDefault(File.Exists);
        return etcd is not null && File.Exists(server) ? new Parts(etcd, server) : null;
    }

    /// <param name="folder">Is made; holds their files and logs.</param>
    public static async Task<KubernetesServer> StartAsync(Parts parts, string folder)
    {
        Directory.CreateDirectory(folder);
        string At(string name) => Path.Combine(folder, name);
        string token = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        await File.WriteAllTextAsync(At("tokens.csv"), $"{token},admin,1,\"system:masters\"\n");
        using (var key = RSA.Create(2048))
            await File.WriteAllTextAsync(At("key.pem"), key.ExportRSAPrivateKeyPem());
        int[] ports = FreePorts(3);

        var server = new KubernetesServer();
        try
        {
            server.Start(At("etcd.log"), parts.Etcd, "--data-dir", At("etcd"), "--listen-client-urls", $"http://127.0.0.1:{ports[0]}",
                "--advertise-client-urls", $"http://127.0.0.1:{ports[0]}", "--listen-peer-urls", $"http://127.0.0.1:{ports[1]}");
            var api = server.Start(At("api.log"), parts.ApiServer, $"--etcd-servers=http://127.0.0.1:{ports[0]}", $"--secure-port={ports[2]}", "--bind-address=127.0.0.1",
                $"--cert-dir={At("pki")}", $"--token-auth-file={At("tokens.csv")}", "--authorization-mode=RBAC", "--service-account-issuer=https://kubernetes.default.svc",
                $"--service-account-key-file={At("key.pem")}", $"--service-account-signing-key-file={At("key.pem")}", "--service-cluster-ip-range=10.0.0.0/24",
                "--disable-admission-plugins=ServiceAccount");
            server.Target = new ApiTarget("kube-apiserver", new Uri($"https://127.0.0.1:{ports[2]}"), token, api.Id);
            await server.ReadyAsync(folder);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.AsEnumerable().Reverse())
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private Process Start(string log, string program, params string[] arguments)
    {
        // The shell only sends both outputs to the file; exec leaves the program as the child.
        var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" >\"$0\" 2>&1", log, program, .. arguments]))!;
        _processes.Add(process);
        return process;
    }

    private async Task ReadyAsync(string folder)
    {
        using var http = Target.Client();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience; await Task.Delay(100))
        {
            try
            {
                using var ready = await http.GetAsync("/readyz");
                using var ns = await http.GetAsync("/api/v1/namespaces/default");
                if (ready.IsSuccessStatusCode && ns.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not up yet.
            }
        }
        throw new InvalidOperationException($"kube-apiserver is not ready after {Patience.TotalSeconds} s:\n{string.Join('\n', File.ReadLines(Path.Combine(folder, "api.log")).TakeLast(10))}");
    }

    private static string? Set(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(l => l.Start());
        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        listeners.ForEach(l => l.Stop());
        return ports;
    }
}
