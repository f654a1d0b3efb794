using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Orrery.Testing;

/// <summary>
/// Kubernetes' own servers over an empty etcd, on free ports of this machine, for comparing with.
/// <code>
///   test ──▶ kube-apiserver 1.20 ──────────────┐
///    │             ▲ who is it, may they?      ├──▶ etcd
///    └─────▶ apiextensions-apiserver 1.36 ─────┘   CEL and newer schemas, custom resources only
/// </code>
/// Each server runs in a process group of its own, under a shell that ends the group when its standard input closes: at the latest when this
/// process is gone, however it went.
/// </summary>
internal sealed class RealKubernetes : IAsyncDisposable
{
    public const string Token = "test-token";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly List<Process> _groups = [];
    private readonly HttpClient _client;

    private RealKubernetes()
    {
        // The servers sign their own certificates, anew for each start; what is asked of them here is no secret.
        var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        _client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(30) };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    /// <summary>kube-apiserver 1.20.2: every kind that Kubernetes has, and custom ones.</summary>
    public Uri Core { get; private set; } = null!;

    /// <summary>apiextensions-apiserver 1.36.4: custom kinds alone, with CEL. Null where it was not asked for.</summary>
    public Uri Extensions { get; private set; } = null!;

    /// <summary>Has all rights at both.</summary>
    public HttpClient Client => _client;

    /// <summary>Starts them; the test is skipped by name where a program is neither cached nor beside this checkout.</summary>
    /// <param name="extensions">Whether <see cref="Extensions"/> is wanted.</param>
    public static async Task<RealKubernetes> StartAsync(bool extensions = true)
    {
        var programs = await KubernetesPrograms.FindAsync(extensions);
        for (int attempt = 1; ; attempt++)
        {
            var servers = new RealKubernetes();
            try
            {
                await servers.StartAsync(programs);
                return servers;
            }
            catch (TimeoutException) when (attempt < 3)
            {
                // Somebody else may have taken a port between its choice and its use.
                await servers.DisposeAsync();
            }
            catch
            {
                await servers.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>The answer's code and its JSON body.</summary>
    public async Task<(int Code, JsonObject Body)> SendAsync(Uri server, string method, string path, JsonNode? body = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server, path));
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, type);
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text)!.AsObject() : new JsonObject { ["text"] = text });
    }

    /// <summary>Writes a kubeconfig with all rights at one of the servers.</summary>
    public static void WriteKubeconfig(string file, Uri server) => File.WriteAllText(file, $$$"""
        {"apiVersion": "v1", "kind": "Config", "current-context": "real",
         "clusters": [{"name": "real", "cluster": {"server": "{{{server.ToString().TrimEnd('/')}}}", "insecure-skip-tls-verify": true}}],
         "users": [{"name": "admin", "user": {"token": "{{{Token}}}"}}],
         "contexts": [{"name": "real", "context": {"cluster": "real", "user": "admin"}}]}
        """);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        foreach (var group in _groups)
            group.StandardInput.Close();
        foreach (var group in _groups)
        {
            using var bound = new CancellationTokenSource(Bound);
            await group.WaitForExitAsync(bound.Token);
            group.Dispose();
        }
        _folder.Dispose();
    }

    private async Task StartAsync(KubernetesPrograms programs)
    {
        int etcd = FreePort(), peers = FreePort(), core = FreePort(), extensions = FreePort();
        Core = new Uri($"https://127.0.0.1:{core}");
        string kubeconfig = _folder.File("kubeconfig"), tokens = _folder.File("tokens"), key = _folder.File("sa.pem");
        WriteKubeconfig(kubeconfig, Core);
        await File.WriteAllTextAsync(tokens, $"{Token},admin,1,\"system:masters\"\n", TestContext.Current.CancellationToken);
        using (var rsa = RSA.Create(2048))
            await File.WriteAllTextAsync(key, rsa.ExportRSAPrivateKeyPem(), TestContext.Current.CancellationToken);

        Run("etcd", programs.Etcd, $"--data-dir={_folder.File("etcd")}", $"--listen-client-urls=http://127.0.0.1:{etcd}",
            $"--advertise-client-urls=http://127.0.0.1:{etcd}", $"--listen-peer-urls=http://127.0.0.1:{peers}", "--log-level=error");
        Run("core", programs.Core, $"--etcd-servers=http://127.0.0.1:{etcd}", $"--secure-port={core}", "--bind-address=127.0.0.1",
            $"--cert-dir={_folder.File("core")}", $"--token-auth-file={tokens}", "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc", $"--service-account-key-file={key}", $"--service-account-signing-key-file={key}",
            "--service-cluster-ip-range=10.0.0.0/24", "--disable-admission-plugins=ServiceAccount");
        await AnswersAsync("core", Core, "/readyz");
        if (programs.Extensions is null)
            return;

        Extensions = new Uri($"https://127.0.0.1:{extensions}");
        Run("extensions", programs.Extensions, $"--etcd-servers=http://127.0.0.1:{etcd}", "--etcd-prefix=/extensions", $"--secure-port={extensions}",
            "--bind-address=127.0.0.1", $"--cert-dir={_folder.File("extensions")}", $"--kubeconfig={kubeconfig}", $"--authentication-kubeconfig={kubeconfig}",
            $"--authorization-kubeconfig={kubeconfig}", "--authentication-skip-lookup", "--enable-priority-and-fairness=false",
            // What these ask, a 1.20 server cannot answer.
            "--disable-admission-plugins=NamespaceLifecycle,MutatingAdmissionPolicy,MutatingAdmissionWebhook,ValidatingAdmissionPolicy,ValidatingAdmissionWebhook");
        await AnswersAsync("extensions", Extensions, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions");
    }

    private void Run(string name, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true };
        foreach (string argument in (string[])["bash", "-c", "\"$@\" >\"$0\" 2>&1 & cat >/dev/null; kill -KILL 0", _folder.File($"{name}.log"), program, .. arguments])
            start.ArgumentList.Add(argument);
        _groups.Add(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start"));
    }

    private async Task AnswersAsync(string name, Uri server, string path)
    {
        string last = "nothing";
        await Eventually.SeesAsync(
            async () =>
            {
                try
                {
                    var (code, body) = await SendAsync(server, "GET", path);
                    last = $"{code} {body.ToJsonString()}";
                    return code == 200 ? "ready" : null;
                }
                catch (HttpRequestException e)
                {
                    last = e.Message;
                    return null;
                }
            },
            () => $"{name}: {last}; its log ends with: {End(_folder.File($"{name}.log"))}", Bound);
    }

    private static string End(string log)
    {
        string text = File.Exists(log) ? File.ReadAllText(log) : "";
        return text[^Math.Min(text.Length, 2000)..];
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
