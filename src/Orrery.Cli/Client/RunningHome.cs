using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Orrery.Resources;
using Orrery.Resources.Text;

namespace Orrery.Cli.Client;

/// <summary>Where the running <c>up</c> of a home answers. Written by <c>up</c> when it is ready, removed when it ends.</summary>
/// <param name="Started">Of the process: with the pid it names one process for good.</param>
/// <param name="Gateway">Base address of <c>/v1</c>.</param>
/// <param name="Api">Base address of the resource API.</param>
internal sealed record RunningHome(int Pid, DateTimeOffset Started, Uri Gateway, Uri Api)
{
    // Start times are computed from the clock and the time since boot, which disagree a little from one reading to the next.
    private static readonly TimeSpan SameStart = TimeSpan.FromSeconds(2);

    public static RunningHome OfThisProcess(Uri gateway, Uri api)
    {
        using var self = Process.GetCurrentProcess();
        return new RunningHome(self.Id, self.StartTime, gateway, api);
    }

    /// <summary>False: it was killed, and whoever listens at its addresses now is somebody else, who must not get its key.</summary>
    public bool IsAlive()
    {
        try
        {
            using var process = Process.GetProcessById(Pid);
            return (process.StartTime.ToUniversalTime() - Started.UtcDateTime).Duration() < SameStart;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    public void Write(string path)
    {
        string staged = path + ".new";
        File.WriteAllBytes(staged, JsonSerializer.SerializeToUtf8Bytes(this, RunningHomeJson.Default.RunningHome));
        File.Move(staged, path, overwrite: true);
    }

    public static RunningHome? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RunningHomeJson.Default.RunningHome) : null;
        }
        catch (JsonException e)
        {
            throw new CliException($"{path} cannot be read: {e.Message} Restart orrery up.");
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RunningHome))]
internal sealed partial class RunningHomeJson : JsonSerializerContext;

/// <summary>HTTP clients of a running home: the gateway with the admin key, and the resource API with the kubeconfig's authority and certificate.</summary>
internal sealed class HomeConnection : IDisposable
{
    private HomeConnection(HttpClient gateway, HttpClient api)
    {
        Gateway = gateway;
        Api = api;
    }

    public HttpClient Gateway { get; }

    public HttpClient Api { get; }

    /// <exception cref="CliException">Nothing runs in this home.</exception>
    public static HomeConnection Open(string home)
    {
        string kubeconfig = Path.Combine(home, "kubeconfig");
        if (RunningHome.Read(Path.Combine(home, "run", "up.json")) is not { } running || !running.IsAlive() || !File.Exists(kubeconfig))
            throw NotRunning(home);

        var gateway = new HttpClient(new SocketsHttpHandler()) { BaseAddress = running.Gateway, Timeout = Timeout.InfiniteTimeSpan };
        gateway.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key(Path.Combine(home, "admin.key")));
        var api = new HttpClient(new SocketsHttpHandler { SslOptions = Credentials(kubeconfig) }) { BaseAddress = running.Api, Timeout = Timeout.InfiniteTimeSpan };
        return new HomeConnection(gateway, api);
    }

    public static CliException NotRunning(string home) => new($"No orrery runs in {home}. Start one with: orrery up");

    public void Dispose()
    {
        Gateway.Dispose();
        Api.Dispose();
    }

    private static string Key(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path} cannot be read ({e.Message}). Restart orrery up.");
        }
    }

    private static SslClientAuthenticationOptions Credentials(string kubeconfig)
    {
        try
        {
            var config = Yaml.ParseAll(File.ReadAllText(kubeconfig)).Single();
            var user = config["users"]![0]!["user"]!;
            return new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { X509Certificate2.CreateFromPem(Pem(config["clusters"]![0]!["cluster"]!["certificate-authority-data"])) },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
                ClientCertificates = [X509Certificate2.CreateFromPem(Pem(user["client-certificate-data"]), Pem(user["client-key-data"]))],
            };
        }
        catch (Exception e) when (e is InvalidDocumentException or InvalidOperationException or NullReferenceException or ArgumentOutOfRangeException
            or IOException or FormatException or CryptographicException)
        {
            throw new CliException($"{kubeconfig} is not as orrery up wrote it ({e.Message}). Restart orrery up.");
        }
    }

    private static string Pem(JsonNode? base64) => Encoding.ASCII.GetString(Convert.FromBase64String(base64!.GetValue<string>()));
}

/// <summary>A message for the person at the terminal: one line on stderr and exit code 1.</summary>
internal class CliException(string message) : Exception(message);
