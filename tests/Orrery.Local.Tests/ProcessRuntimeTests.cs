using System.Globalization;
using System.Net.Sockets;
using Orrery.Contracts;
using Orrery.Local.Home;
using Orrery.Local.Machine;
using Orrery.Local.Supervision;
using Orrery.Local.Workloads;
using Orrery.Resources;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Tests;

public sealed partial class ProcessRuntimeTests : WorkloadRuntimeContract, IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly HoldingStore _store = new(new ResourceStore(new MemoryChangeLog(), TimeProvider.System));
    private readonly LinesLogger _logged = new();
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, int> _working = new();
    private IReadOnlyList<Accelerator> _accelerators = [];
    private ProcessRuntime _runtime = null!;
    private HomeFolder _home = null!;
    private OwnerReference _owner = null!;

    protected override IWorkloadRuntime Runtime => _runtime;

    protected override IResourceStore Store => _store;

    public async ValueTask InitializeAsync()
    {
        await _store.Inner.EnsureNamespaceAsync(Namespace.Default, Ct);
        var owner = (await _store.CreateAsync(Document.From(new Secret { Metadata = new Metadata { Name = "owner", Namespace = "default" } }), Ct)).Stored();
        _owner = new OwnerReference { ApiVersion = "v1", Kind = "Secret", Name = "owner", Uid = owner.Metadata.Uid };
        _home = HomeFolder.Open(_folder.File("home"));
        _runtime = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _runtime.DisposeAsync();
        await _store.Inner.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_replica_on_a_port_is_in_a_slice_with_that_port()
    {
        await using var seen = Watch();
        var template = Serving("a");

        await _runtime.ApplyAsync(template with { Process = new ProcessTemplate { Command = ["orrery", "serve", "--port", "$(PORT)"] }, Replicas = 2 }, Ct);

        var state = await ReadyAsync(seen, "a", 2);
        await SliceAsync("a", ready: 2);
        var slices = await SlicesAsync("a");
        Assert.Equal(
            state.Replicas.Select(r => r.Address).Order(),
            slices.Select(s => $"http://{s.Endpoints![0].Addresses![0]}:{s.Ports![0].Port}").Order());
        Assert.NotEmpty(await AskWhoAsync(state.Replicas[0].Address!));
    }

    [Fact]
    public async Task A_stopping_replica_is_unready_in_its_slice_before_it_is_told_to_stop()
    {
        await using var seen = Watch();
        await _runtime.ApplyAsync(Serving("a"), Ct);
        var replica = (await ReadyAsync(seen, "a", 1)).Replicas[0];
        await SliceAsync("a", ready: 1);

        _store.HoldUpdates();
        await _runtime.ApplyAsync(Serving("a", replicas: 0), Ct);
        var held = (await _store.HeldUpdate.WaitAsync(TimeSpan.FromSeconds(30), Ct)).As<EndpointSlice>().Endpoints![0].Conditions!;

        Assert.Equal((false, true, true), (held.Ready, held.Serving, held.Terminating));
        for (int i = 0; i < 20; i++)
            Assert.NotEmpty(await AskWhoAsync(replica.Address!));
        Assert.DoesNotContain("asked to stop", await LogAsync("a"));
        _store.ReleaseUpdates();
        await ReadyAsync(seen, "a", 0);
        Assert.Contains("asked to stop", await LogAsync("a"));
    }

    [Fact]
    public async Task Each_replica_has_a_folder_of_its_own()
    {
        await using var seen = Watch();
        await _runtime.ApplyAsync(Serving("a", replicas: 2), Ct);
        var state = await ReadyAsync(seen, "a", 2);

        string[] folders = await Task.WhenAll(state.Replicas.Select(r => AskAsync(r.Address!, "/folder")));

        Assert.Equal(state.Replicas.Select(r => Path.Combine(_home.Work, "default", "a", r.Name)).Order(), folders.Order());
    }

    [Fact]
    public async Task After_the_supervisor_dies_the_replicas_run_again()
    {
        await using var seen = Watch();
        await _runtime.ApplyAsync(Serving("a"), Ct);
        var before = await ReadyAsync(seen, "a", 1);
        int pid = int.Parse(await AskWhoAsync(before.Replicas[0].Address!), CultureInfo.InvariantCulture);
        int supervisor = ProcessTable.Find(pid)!.ParentPid;

        Posix.Signal(supervisor, Posix.SigKill);

        var after = await seen.UntilAsync("a", s => s.Ready == 1 && s.Replicas[0].Restarts == 1);
        Assert.NotEmpty(await AskWhoAsync(after.Replicas[0].Address!));
        await Eventually.TrueAsync(() => ProcessTable.Find(pid) is null or { IsZombie: true }, () => $"{pid} lives");
    }

    [Fact]
    public async Task A_run_that_began_on_the_next_supervisor_before_the_end_of_the_last_was_heard_does_not_live_on()
    {
        await using var seen = Watch();
        await _runtime.ApplyAsync(Serving("a"), Ct);
        string address = (await ReadyAsync(seen, "a", 1)).Replicas[0].Address!;
        int pid = int.Parse(await AskWhoAsync(address), CultureInfo.InvariantCulture);
        int supervisor = ProcessTable.Find(pid)!.ParentPid;
        await SliceAsync("a", ready: 1);

        // The loop has decided to start a successor, and waits for the store while one supervisor goes and the next one comes.
        _store.HoldUpdates();
        await FreezeAsync(address);
        await _store.HeldUpdate.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Posix.Signal(supervisor, Posix.SigKill);
        await Eventually.TrueAsync(() => Running("supervise").Except([supervisor]).Any(), () => "no second supervisor");
        _store.ReleaseUpdates();

        await seen.UntilAsync("a", s => s is { Ready: 1, Replicas: [{ Restarts: >= 1 }] });
        await Eventually.TrueAsync(() => Running("serve").Count() == 1, () => $"{Running("serve").Count()} servers run");
    }

    [Fact]
    public async Task Disposing_ends_everything_and_a_second_runtime_begins_anew()
    {
        await using var seen = Watch();
        await _runtime.ApplyAsync(Serving("a"), Ct);
        int pid = int.Parse(await AskWhoAsync((await ReadyAsync(seen, "a", 1)).Replicas[0].Address!), CultureInfo.InvariantCulture);

        await _runtime.DisposeAsync();

        Assert.True(ProcessTable.Find(pid) is null or { IsZombie: true });
        Assert.Empty(await SlicesAsync("a"));
        Assert.Empty(Directory.GetFileSystemEntries(_home.Work));
        Assert.Empty(Directory.GetFiles(_home.Run, "*.sock"));
        _runtime = await StartAsync();
        await using var again = Watch();
        await _runtime.ApplyAsync(Serving("a"), Ct);
        await ReadyAsync(again, "a", 1);
    }

    [Fact]
    public async Task Disposing_ends_everything_even_when_the_store_fails()
    {
        await using var seen = Watch();
        await _runtime.ApplyAsync(Serving("a"), Ct);
        int pid = int.Parse(await AskWhoAsync((await ReadyAsync(seen, "a", 1)).Replicas[0].Address!), CultureInfo.InvariantCulture);

        _store.FailsLists = true;
        await _runtime.DisposeAsync();

        Assert.True(ProcessTable.Find(pid) is null or { IsZombie: true });
        _store.FailsLists = false;
    }

    [Fact]
    public async Task Slices_of_an_earlier_run_are_removed_at_the_start()
    {
        await _runtime.DisposeAsync();
        var left = new EndpointSlice
        {
            Metadata = new Metadata { Name = "x-local", Namespace = "default", Labels = new Dictionary<string, string> { [ReplicaSlices.ManagedByLabel] = ReplicaSlices.ManagedBy } },
            AddressType = EndpointSlice.Unix,
        };
        (await _store.CreateAsync(Document.From(left), Ct)).Stored();
        (await _store.CreateAsync(Document.From(left with { Metadata = new Metadata { Name = "of-another", Namespace = "default" } }), Ct)).Stored();

        _runtime = await StartAsync();

        Assert.Equal(["of-another"], (await _store.ListAsync<EndpointSlice>(null, Ct)).Select(s => s.Metadata.Name));
    }

    [Fact]
    public async Task A_workload_that_cannot_run_here_is_refused_with_the_reason()
    {
        var outcome = await _runtime.ApplyAsync(Serving("a") with { Process = new ProcessTemplate { Command = ["orrery", "serve"] } }, Ct);

        Assert.Contains("$(SOCKET)", Assert.IsType<ApplyOutcome.Refused>(outcome).Message);
    }

    [Fact]
    public void Models_of_a_workload_that_are_not_here_are_named()
    {
        string file = _folder.File("m.gguf");
        File.WriteAllText(file, "");

        Assert.Equal([_folder.File("gone")], _runtime.Missing(Serving("a") with { Models = [file, Path.GetDirectoryName(file)!, _folder.File("gone")] }));
    }

    protected override Workload Serving(string name, string revision = "r1", int replicas = 1, ServerFault fault = ServerFault.None) => new()
    {
        Key = new WorkloadKey("default", name),
        Owner = _owner,
        Revision = revision,
        Replicas = replicas,
        Process = new ProcessTemplate
        {
            Command = fault switch
            {
                ServerFault.Crashes => ["sh", "-c", "echo cannot go on; exit 7", "$(SOCKET)"],
                ServerFault.RefusesFirstRequest => ["orrery", "serve", "--socket", "$(SOCKET)", "--first", "500"],
                ServerFault.NeverHealthy => ["orrery", "serve", "--socket", "$(SOCKET)", "--health", "503"],
                _ => ["orrery", "serve", "--socket", "$(SOCKET)"],
            },
        },
        Probe = new Probe
        {
            FirstRequestPath = "/first",
            FirstRequestBody = "{}",
            StartupTimeout = fault == ServerFault.NeverHealthy ? TimeSpan.FromSeconds(2) : TimeSpan.FromSeconds(30),
            Period = TimeSpan.FromMilliseconds(200),
            Timeout = TimeSpan.FromSeconds(1),
        },
    };

    protected override Task<string> AskWhoAsync(string address) => AskAsync(address, "/pid");

    protected override async Task KillAsync(string address) => Posix.Signal(int.Parse(await AskWhoAsync(address), CultureInfo.InvariantCulture), Posix.SigKill);

    protected override async Task FreezeAsync(string address) => Posix.Signal(int.Parse(await AskWhoAsync(address), CultureInfo.InvariantCulture), 19);

    private Task<ProcessRuntime> StartAsync()
    {
        var options = new ProcessRuntimeOptions
        {
            Home = _home, Orrery = Program.Command, FirstBackoff = TimeSpan.FromMilliseconds(100), MaxBackoff = TimeSpan.FromSeconds(2), NodeName = "machine",
            InFlightAt = address => _working.GetValueOrDefault(address), ReadAccelerators = _ => Task.FromResult(_accelerators),
        };
        return ProcessRuntime.StartAsync(options, _store, TimeProvider.System, _logged, Ct);
    }

    private async Task<List<string>> LogAsync(string workload)
    {
        var lines = new List<string>();
        await foreach (var line in _runtime.LogsAsync(new WorkloadKey("default", workload), new LogRequest(), Ct))
            lines.Add(line.Text);
        return lines;
    }

    /// <summary>Processes of this test's home with this word among their arguments.</summary>
    private IEnumerable<int> Running(string word)
        => ProcessTable.Read().Where(p => !p.IsZombie && CommandLine(p.Pid) is var line && line.Contains(_home.Run, StringComparison.Ordinal)
            && line.Split('\0').Contains(word)).Select(p => p.Pid);

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static async Task<string> AskAsync(string address, string path)
    {
        using var handler = new SocketsHttpHandler();
        string root = address;
        if (address.StartsWith("unix:", StringComparison.Ordinal))
        {
            handler.ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(address["unix:".Length..]), ct);
                return new NetworkStream(socket, ownsSocket: true);
            };
            root = "http://localhost";
        }
        using var http = new HttpClient(handler);
        return await http.GetStringAsync(new Uri(root + path), Ct);
    }
}
