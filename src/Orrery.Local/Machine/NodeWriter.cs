using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Orrery.Local.Containers;
using Orrery.Local.Home;
using Orrery.Local.Limits;
using Orrery.Resources;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Local.Machine;

/// <summary>Keeps the Node of this machine in the store. Writes when something is other than what is stored, never to say that all is as before.</summary>
/// <param name="find">Whether a program is here.</param>
public sealed partial class NodeWriter(IResourceStore store, HomeFolder home, TimeProvider time, ILogger<NodeWriter> log, Func<string, bool> find) : IDisposable
{
    // More runtimes than anybody has; keeps the annotation small.
    private const int MaxPrograms = 256;

    private readonly SemaphoreSlim _one = new(1);
    private IReadOnlyDictionary<string, bool> _programs = new Dictionary<string, bool>();

    private readonly EngineFinder? _engines;

    /// <param name="containers">How containers would run. Null: they do not.</param>
    public NodeWriter(IResourceStore store, HomeFolder home, TimeProvider time, ILogger<NodeWriter> log, ContainerOptions? containers = null)
        : this(store, home, time, log, Programs.IsHere)
        => _engines = containers is null ? null : new EngineFinder(containers, time);

    /// <summary>Between looks at the machine.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(10);

    /// <summary>Name of this machine's Node.</summary>
    public static string NodeName => MachineNode.Name(Environment.MachineName);

    public void Dispose() => _one.Dispose();

    /// <summary>Looks now and writes what is new. Nodes of other machines that this home was on before are removed.</summary>
    /// <exception cref="StoreRefusedException">The store did not take it.</exception>
    public async Task WriteAsync(CancellationToken ct)
    {
        var machine = await MachineInventory.ReadAsync(new MachineFiles(), MachineTools.AskAsync, home.Path, ct);
        var engine = _engines is null ? null : await _engines.LookAsync();
        await WriteAsync(machine with { Limits = LimitForms.OfThisMachine(Environment.ProcessId).Label, ContainerEngine = engine?.Name }, ct);
    }

    /// <summary>Looks again and again until cancelled.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await Task.WhenAll(EveryTenMinutesAsync(ct), FollowAsync(ServingRuntime.Kind, ct), FollowAsync(ClusterServingRuntime.Kind, ct));
    }

    private async Task EveryTenMinutesAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
                await TryWriteAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The end.
        }
    }

    /// <summary>A runtime may name a program that nobody looked for yet.</summary>
    private async Task FollowAsync(ResourceKind runtimes, CancellationToken ct)
    {
        try
        {
            await foreach (var _ in store.FollowAsync(runtimes, ns: null, ct))
            {
                await TryWriteAsync(ct, onlyForPrograms: true);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The end.
        }
    }

    /// <param name="onlyForPrograms">Nothing is done unless runtimes name other programs than were looked for.</param>
    private async Task TryWriteAsync(CancellationToken ct, bool onlyForPrograms = false)
    {
        try
        {
            if (!onlyForPrograms || !_programs.Keys.ToHashSet(StringComparer.Ordinal).SetEquals((await ProgramsAsync(ct)).Keys))
                await WriteAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // The next look tries again; serving goes on without.
            LogNotWritten(log, e.Message);
        }
    }

    /// <summary>Programs of all runtimes, each with whether it is here. Which ones a runtime inherits stands in its parent.</summary>
    private async Task<IReadOnlyDictionary<string, bool>> ProgramsAsync(CancellationToken ct)
    {
        IEnumerable<ProcessSpec?> processes =
        [
            .. (await store.ListAsync<ServingRuntime>(null, ct)).Select(r => r.Spec.Process),
            .. (await store.ListAsync<ClusterServingRuntime>(null, ct)).Select(r => r.Spec.Process),
        ];
        return processes.Select(p => p?.NeededProgram()).OfType<string>().Distinct().Order(StringComparer.Ordinal)
            .Take(MaxPrograms).ToDictionary(p => p, find, StringComparer.Ordinal);
    }

    internal async Task WriteAsync(MachineFacts machine, CancellationToken ct)
    {
        // One look at a time: the timer and the runtimes may call together.
        await _one.WaitAsync(ct);
        try
        {
            await WriteAloneAsync(machine, ct);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task WriteAloneAsync(MachineFacts machine, CancellationToken ct)
    {
        _programs = await ProgramsAsync(ct);
        var annotations = MachineNode.Annotations(machine, _programs);
        var key = Node.Kind.Key(MachineNode.Name(machine.Hostname));
        var labels = MachineNode.Labels(machine);
        foreach (var other in (await store.ListAsync(Node.Kind, null, ct)).Items.Where(n => n.Key != key && IsOurs(n)))
            await store.DeleteAsync(other.Key, Preconditions.None, ct);
        if (await store.GetAsync(key, ct) is not { } current)
        {
            var node = new Node { Metadata = new Metadata { Name = key.Name, Labels = labels }, Spec = new NodeSpec() };
            current = (await store.CreateAsync(Document.From(node), ct)).Stored();
        }

        // Labels of accelerators that were taken out go; labels that people added stay.
        var patch = new JsonObject();
        foreach (string gone in (current.Metadata.Labels ?? labels).Keys.Where(k => MachineNode.IsMachineLabel(k) && !labels.ContainsKey(k)))
            patch[gone] = null;
        foreach (var (name, value) in labels.Where(l => current.Metadata.Labels?.GetValueOrDefault(l.Key) != l.Value))
            patch[name] = value;
        var notes = new JsonObject(annotations.Where(a => current.Metadata.Annotations?.GetValueOrDefault(a.Key) != a.Value).Select(a => KeyValuePair.Create(a.Key, (JsonNode?)a.Value)));
        if (patch.Count + notes.Count > 0)
            current = (await store.MergePatchAsync(key, new JsonObject { ["metadata"] = new JsonObject { ["labels"] = patch, ["annotations"] = notes } }, status: false, ct)).Stored();

        string version = typeof(NodeWriter).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
        var status = JsonSerializer.SerializeToNode(MachineNode.Status(machine, version, time.GetUtcNow()), ResourceJson.Default.NodeStatus);
        var wanted = current.Edit(json => json["status"] = status);
        if (!MachineNode.IsSame(current, wanted))
            (await store.UpdateStatusAsync(wanted, ct)).Stored();
    }

    private static bool IsOurs(Document node) => node.Metadata.Labels?.GetValueOrDefault(MachineNode.ManagedByLabel) == MachineNode.ManagedBy;

    [LoggerMessage(LogLevel.Warning, "The node of this machine could not be brought up to date: {Message}")]
    private static partial void LogNotWritten(ILogger log, string message);
}
