using System.Globalization;
using Orrery.Contracts;
using Orrery.Local.Containers;
using Orrery.Local.Home;
using Orrery.Local.Machine;
using Orrery.Local.Supervision;
using Orrery.Local.Workloads;
using Orrery.Resources;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Tests.Containers;

/// <summary>The contract of runtimes over containers, with podman itself.</summary>
public sealed class ContainerRuntimeTests : WorkloadRuntimeContract, IAsyncLifetime
{
    // A server out of busybox' parts, which answers with a word of its own run.
    private const string Server = """
        word=$(/bin/busybox cat /proc/sys/kernel/random/uuid)
        mkdir() { /bin/busybox mkdir -p "$@"; }
        mkdir /tmp/www/cgi-bin
        page() { printf '#!/bin/sh\nprintf "Status: %s\\r\\nContent-Type: text/plain\\r\\n\\r\\n%s"\n' "$2" "$3" > /tmp/www/cgi-bin/$1; /bin/busybox chmod +x /tmp/www/cgi-bin/$1; }
        page health "${HEALTH:-200 OK}" ok
        page first "${FIRST:-200 OK}" ok
        page who "200 OK" "$word"
        page secret "200 OK" "$TOKEN"
        trap 'echo "asked to stop"; exit 0' TERM
        echo serving
        echo "and complaining" >&2
        /bin/busybox httpd -f -p "$PORT" -h /tmp/www &
        wait
        """;

    private readonly TempFolder _folder = new();
    private readonly ResourceStore _store = new(new MemoryChangeLog(), TimeProvider.System);
    private ProcessRuntime _runtime = null!;
    private PodmanPrograms? _podman;
    private HomeFolder _home = null!;
    private OwnerReference _owner = null!;

    protected override IWorkloadRuntime Runtime => _runtime;

    protected override IResourceStore Store => _store;

    public async ValueTask InitializeAsync()
    {
        _podman = await PodmanPrograms.StartAsync(_folder.File("podman"), Ct);
        await _store.EnsureNamespaceAsync(Namespace.Default, Ct);
        var owner = (await _store.CreateAsync(Document.From(new Secret
        {
            Metadata = new Metadata { Name = "owner", Namespace = "default" },
            Data = new Dictionary<string, string> { ["token"] = Convert.ToBase64String("hidden"u8) },
        }), Ct)).Stored();
        _owner = new OwnerReference { ApiVersion = "v1", Kind = "Secret", Name = "owner", Uid = owner.Metadata.Uid };
        _home = HomeFolder.Open(_folder.File("home"));
        _runtime = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_runtime is not null)
            await _runtime.DisposeAsync();
        if (_podman is not null)
            await _podman.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_run_leaves_no_container_and_no_note_when_it_ends()
    {
        await using var seen = Watch();
        await _runtime.ApplyAsync(Serving("a", replicas: 2), Ct);
        await ReadyAsync(seen, "a", 2);
        Assert.Equal(2, (await ContainersAsync()).Length);
        var pods = await Eventually.SeesAsync(async () => await _store.ListAsync<Pod>("default", Ct) is { Count: 2 } two ? two : null, () => "other than two pods");
        Assert.All(pods, p => Assert.Equal(PodmanPrograms.Image, p.Spec!.Containers![0].Image));

        await _runtime.DeleteAsync(new WorkloadKey("default", "a"), Ct);
        await seen.UntilAsync("a", s => s.Gone);

        Assert.Empty(await ContainersAsync());
        Assert.Empty(Directory.GetFiles(_home.Run, "*.container"));
    }

    [Fact]
    public async Task A_killed_client_takes_its_container_along()
    {
        await using var seen = Watch();
        await _runtime.ApplyAsync(Serving("a"), Ct);
        string address = (await ReadyAsync(seen, "a", 1)).Replicas[0].Address!;
        int container = InContainer(address).First();
        foreach (var client in ProcessTable.Read().Where(p => !p.IsZombie && IsClient(p.Pid, address)))
            Posix.Signal(client.Pid, Posix.SigKill);

        await seen.UntilAsync("a", s => s.Ready == 1 && s.Replicas[0].Restarts == 1);

        Assert.True(ProcessTable.Find(container) is null or { IsZombie: true });
        Assert.Single(await ContainersAsync());
    }

    [Fact]
    public async Task Disposing_ends_all_containers()
    {
        await using var seen = Watch();
        await _runtime.ApplyAsync(Serving("a"), Ct);
        string address = (await ReadyAsync(seen, "a", 1)).Replicas[0].Address!;
        int container = InContainer(address).First();

        await _runtime.DisposeAsync();

        Assert.True(ProcessTable.Find(container) is null or { IsZombie: true });
        Assert.Empty(await ContainersAsync());
    }

    [Fact]
    public async Task A_secret_reaches_the_container_and_no_argument()
    {
        await using var seen = Watch();
        var workload = Serving("a");
        await _runtime.ApplyAsync(workload with { Container = workload.Container! with { Env = [.. workload.Container.Env, new("TOKEN", "", new SecretValue("owner", "token", null))] } }, Ct);

        string address = (await ReadyAsync(seen, "a", 1)).Replicas[0].Address!;

        Assert.Equal("hidden", await AskAsync(address, "secret"));
        Assert.DoesNotContain(ProcessTable.Read(), p => Text(p.Pid, "cmdline").Contains("hidden", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_image_that_is_not_there_is_waited_for_with_the_reason()
    {
        await using var seen = Watch();
        var workload = Serving("a");

        await _runtime.ApplyAsync(workload with { Container = workload.Container! with { Image = "localhost/none:1", PullPolicy = "Never" } }, Ct);

        var held = await seen.UntilAsync("a", s => s.Replicas is [{ Phase: ReplicaPhase.Waiting }]);
        Assert.Contains("does not have the image localhost/none:1", held.Replicas[0].Message);
    }

    [Fact]
    public async Task A_command_that_is_not_in_the_image_is_a_failed_start_in_the_engines_words()
    {
        await using var seen = Watch();
        var workload = Serving("a");

        await _runtime.ApplyAsync(workload with { Container = workload.Container! with { Command = ["/bin/none"] } }, Ct);

        var failed = await seen.UntilAsync("a", s => s.Replicas is [{ Phase: ReplicaPhase.Waiting, LastExit: not null }]);
        Assert.Equal("StartError", failed.Replicas[0].LastExit!.Reason);
        Assert.Contains("/bin/none", failed.Replicas[0].Message);
    }

    [Fact]
    public async Task A_container_that_wants_more_memory_than_its_limit_is_killed()
    {
        await using var seen = Watch();
        var workload = Serving("a");

        await _runtime.ApplyAsync(workload with
        {
            Resources = new WorkloadResources(32 << 20, null, null),
            Container = workload.Container! with { Command = ["/bin/sh", "-c", "x=0123456789abcdef; while true; do x=$x$x; done"], Args = [] },
        }, Ct);

        var failed = await seen.UntilAsync("a", s => s.Replicas is [{ LastExit: not null }]);
        // Whether it was for want of memory podman does not always know under groups of version 1.
        Assert.Equal(Posix.SigKill, failed.Replicas[0].LastExit!.Signal);
        Assert.True(failed.Replicas[0].LastExit!.Reason is "Error" or "OOMKilled");
    }

    protected override Workload Serving(string name, string revision = "r1", int replicas = 1, ServerFault fault = ServerFault.None) => new()
    {
        Key = new WorkloadKey("default", name),
        Owner = _owner,
        Revision = revision,
        Replicas = replicas,
        Container = new ContainerTemplate
        {
            Image = PodmanPrograms.Image,
            Port = 8080,
            Command = ["/bin/sh", "-c"],
            Args = [fault == ServerFault.Crashes ? "echo cannot go on; exit 7" : Server],
            Env =
            [
                new("PORT", "$(PORT)"),
                .. fault == ServerFault.RefusesFirstRequest ? [new WorkloadVariable("FIRST", "500 No")] : Array.Empty<WorkloadVariable>(),
                .. fault == ServerFault.NeverHealthy ? [new WorkloadVariable("HEALTH", "503 No")] : Array.Empty<WorkloadVariable>(),
            ],
        },
        Probe = new Probe
        {
            HealthPath = "/cgi-bin/health",
            FirstRequestPath = "/cgi-bin/first",
            FirstRequestBody = "{}",
            StartupTimeout = fault == ServerFault.NeverHealthy ? TimeSpan.FromSeconds(4) : TimeSpan.FromSeconds(30),
            // A client ends up to a second after its container; a replica that fails its health checks before would be replaced, not restarted.
            Period = TimeSpan.FromSeconds(1),
            Timeout = TimeSpan.FromSeconds(1),
        },
    };

    protected override Task<string> AskWhoAsync(string address) => AskAsync(address, "who");

    protected override Task KillAsync(string address) => SignalAsync(address, Posix.SigKill);

    protected override Task FreezeAsync(string address) => SignalAsync(address, 19);

    private static Task SignalAsync(string address, int signal)
    {
        foreach (int pid in InContainer(address))
            Posix.Signal(pid, signal);
        return Task.CompletedTask;
    }

    private Task<ProcessRuntime> StartAsync() => ProcessRuntime.StartAsync(
        new ProcessRuntimeOptions
        {
            Home = _home,
            Orrery = Program.Command,
            FirstBackoff = TimeSpan.FromMilliseconds(100),
            MaxBackoff = TimeSpan.FromSeconds(2),
            ReadAccelerators = _ => Task.FromResult<IReadOnlyList<Accelerator>>([]),
            Containers = new ContainerOptions { Engine = _podman!.Program, EngineArguments = ["--runtime", "runc"], RunArguments = PodmanPrograms.RunArguments },
        }, _store, TimeProvider.System, new LinesLogger(), Ct);

    private async Task<string[]> ContainersAsync()
        => (await _podman!.RunAsync(Ct, "ps", "--all", "--quiet")).Said.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Processes in the container that answers at an address: those of the run whose client names its port, but for what podman itself runs beside.</summary>
    private static IEnumerable<int> InContainer(string address)
    {
        var processes = ProcessTable.Read();
        string? run = processes.Where(p => IsClient(p.Pid, address)).Select(p => Variable(p.Pid, PidFiles.IdVariable)).FirstOrDefault();
        return processes.Where(p => !p.IsZombie && run is not null && Text(p.Pid, "cmdline").StartsWith("/bin/", StringComparison.Ordinal)
            && ProcessTable.HasVariable(p.Pid, PidFiles.IdVariable, run)).Select(p => p.Pid);
    }

    private static bool IsClient(int pid, string address)
        => Text(pid, "cmdline").Contains($"--publish\0127.0.0.1:{new Uri(address).Port.ToString(CultureInfo.InvariantCulture)}:", StringComparison.Ordinal);

    private static string? Variable(int pid, string name)
        => Text(pid, "environ").Split('\0').FirstOrDefault(v => v.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];

    private static string Text(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static async Task<string> AskAsync(string address, string page)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        return await http.GetStringAsync(new Uri($"{address}/cgi-bin/{page}"), Ct);
    }
}
