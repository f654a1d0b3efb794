using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Orrery.Control.Models;
using Orrery.ModelAgent.Downloads;
using Orrery.Resources.Models;
using Orrery.Testing.Origins;

namespace Orrery.ModelAgent.Tests.Arrivals;

/// <summary>An agent over a folder of its own, and a hub that it fetches from.</summary>
internal sealed class AgentUnderTest : IAsyncDisposable
{
    private readonly TempFolder _folder = new();

    private AgentUnderTest(TestHub hub) => Hub = hub;

    public TestHub Hub { get; }

    public ModelAgent Agent { get; private set; } = null!;

    public ModelAgentOptions Options { get; set; } = new() { SegmentBytes = 64 * 1024, MinFreeBytes = 0 };

    public ManualTime? Time { get; init; }

    public string Folder => _folder.File("models");

    public long? FreeBytes { get; set; }

    public Dictionary<string, IReadOnlyDictionary<string, string>> Secrets { get; } = [];

    public static async Task<AgentUnderTest> StartAsync(Func<ModelAgentOptions, ModelAgentOptions>? options = null, bool manualTime = false)
    {
        var test = new AgentUnderTest(await TestHub.StartAsync()) { Time = manualTime ? new ManualTime() : null };
        test.Options = (options ?? (o => o))(test.Options with { HubEndpoint = test.Hub.Address.ToString() });
        test.Restart();
        return test;
    }

    /// <summary>A new agent over the same folder; the one before is not ended.</summary>
    public void Restart() => Agent = new ModelAgent(
        Options,
        Folder,
        (ns, name, _) => Task.FromResult(Secrets.GetValueOrDefault($"{ns}/{name}")),
        Time ?? TimeProvider.System,
        NullLogger<ModelAgent>.Instance,
        new ModelAgentSeams
        {
            Retries = new RetryPlan(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5), MaxFailures: 5),
            TellEvery = TimeSpan.FromMilliseconds(20),
            FreeBytes = FreeBytes is null ? null : () => FreeBytes.Value,
        });

    public static ModelRequest Request(
        string uri = "hf://org/m", string name = "m", string? version = null, string? quantization = null, bool inUse = false, ModelWishes? wishes = null, Func<StorageSpec, StorageSpec>? storage = null)
        => new(
            ClusterBaseModel.Kind.Key(name),
            new ModelSpec { Version = version, Quantization = quantization, Storage = (storage ?? (s => s))(new StorageSpec { StorageUri = uri }) },
            inUse,
            wishes ?? new ModelWishes());

    public Task<ModelArrival.Here> HereAsync(ModelRequest request) => LookUntilAsync<ModelArrival.Here>(request);

    public Task<ModelArrival.Failed> FailedAsync(ModelRequest request) => LookUntilAsync<ModelArrival.Failed>(request);

    /// <summary>The model's download begins, and stops before its first byte until the hub is given another pace.</summary>
    public async Task HoldsAsync(ModelRequest request)
    {
        Hub.Pace = ct => Task.Delay(Timeout.Infinite, ct);
        Agent.Look(request);
        await Eventually.TrueAsync(() => Hub.FilesAtOnce > 0, () => $"nothing is fetched: {Agent.Look(request)}");
    }

    /// <summary>Commits a repository of its own for each, with weights that no other has.</summary>
    public void CommitEach(int bytes, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            Hub.Commit($"org/{name}", Model(bytes, seed: name[0]));
    }

    /// <summary>The request for one of <see cref="CommitEach"/>.</summary>
    public static ModelRequest RequestOf(string name, bool inUse = false, ModelWishes? wishes = null) => Request($"hf://org/{name}", name, inUse: inUse, wishes: wishes);

    public async Task<T> LookUntilAsync<T>(ModelRequest request)
        where T : ModelArrival
    {
        ModelArrival? last = null;
        return await Eventually.SeesAsync(() => Task.FromResult((last = Agent.Look(request)) as T), () => $"{last}");
    }

    /// <summary>A model as repositories have them; the weights are of this many bytes.</summary>
    public static Dictionary<string, byte[]> Model(int bytes = 300_000, int seed = 1) => new()
    {
        ["config.json"] = Encoding.UTF8.GetBytes("{\"model_type\":\"llama\"}"),
        ["tokenizer.json"] = Encoding.UTF8.GetBytes("{}"),
        ["model.safetensors"] = Bytes(bytes, seed),
        ["pytorch_model.bin"] = [1, 2, 3],
    };

    public static byte[] Bytes(int count, int seed = 1)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public IEnumerable<string> Files(string below)
        => Directory.EnumerateFiles(Path.Combine(Folder, below), "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Path.Combine(Folder, below), f)).Order();

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        await Hub.DisposeAsync();
        _folder.Dispose();
    }
}
