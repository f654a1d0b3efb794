using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Orrery.Local.Limits;

namespace Orrery.Local.Containers;

/// <summary>
/// The containers that runs of replicas are in, with a note of each in the run folder from before its start until it is removed: whatever is killed
/// meanwhile, who comes next finds it. A note holds the engine's program and arguments, a line each.
/// </summary>
internal sealed partial class ContainerRecords(string runFolder, CallTool call, ILogger log)
{
    private const string Suffix = ".container";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Entry> _runs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, bool> _ending = new();

    /// <param name="Pid">Of its first process on this machine. Null: not asked for yet.</param>
    private sealed record Entry(ContainerEngine Engine, string Name, int? Pid = null);

    /// <summary>Tells this home's containers from another's.</summary>
    public string Home { get; } = LimitGroups.NameOf(runFolder);

    /// <summary>Writes the note of a run that begins.</summary>
    /// <returns>The container's name.</returns>
    /// <exception cref="IOException">It cannot be written; then nothing may be started.</exception>
    public string Add(string run, ContainerEngine engine)
    {
        string name = $"{Home}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(run)).AsSpan(0, 8))}";
        string path = Path.Combine(runFolder, name + Suffix), staged = path + ".new";
        File.WriteAllLines(staged, engine.Call());
        File.Move(staged, path, overwrite: true);
        _runs[run] = new Entry(engine, name);
        return name;
    }

    public bool Has(string run) => _runs.ContainsKey(run);

    /// <summary>How a run whose client ended ended, and removes its container.</summary>
    /// <param name="code">Of the client. Null: it did not end by itself, or never began.</param>
    public async Task<ContainerEnd> EndAsync(string run, int? code)
    {
        if (!_runs.TryRemove(run, out var entry))
            return ContainerEnd.Unknown;
        var seen = code is null ? null : await call(entry.Engine.Call("container", "inspect", "--format", ContainerEnd.Format, entry.Name), Bound, CancellationToken.None);
        await RemoveAsync(entry.Engine, [entry.Name]);
        return ContainerEnd.Of(entry.Engine, code, seen);
    }

    /// <summary>Does something about a run's end that disposing waits for.</summary>
    public void Follow(Func<Task> end)
    {
        var task = Task.Run(end);
        _ending[task] = true;
        _ = task.ContinueWith(t => _ending.TryRemove(t, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>First processes of the containers of runs, as far as they have begun.</summary>
    public async Task<IReadOnlyDictionary<int, string>> PidsAsync(IReadOnlyCollection<string> runs, CancellationToken ct)
    {
        var pids = new Dictionary<int, string>();
        foreach (string run in runs)
        {
            if (!_runs.TryGetValue(run, out var entry))
                continue;
            if (entry.Pid is null && await AskPidAsync(entry, ct) is { } asked)
            {
                // Unless it ended meanwhile.
                _runs.TryUpdate(run, entry with { Pid = asked }, entry);
                entry = entry with { Pid = asked };
            }
            if (entry.Pid is { } pid)
                pids[pid] = run;
        }
        return pids;
    }

    /// <summary>Removes what is noted: at a start, what an earlier run left, and at the end what is left then.</summary>
    public async Task RemoveLeftoversAsync()
    {
        await Task.WhenAll(_ending.Keys);
        _runs.Clear();
        var notes = Directory.GetFiles(runFolder, "*" + Suffix).Select(f => (Name: Path.GetFileNameWithoutExtension(f), Call: ReadCall(f)));
        foreach (var group in notes.Where(n => n.Call.Length > 0).GroupBy(n => string.Join('\n', n.Call)))
        {
            string[] lines = group.First().Call;
            await RemoveAsync(new ContainerEngine(lines[0], lines[1..], ""), [.. group.Select(n => n.Name)]);
        }
    }

    private async Task RemoveAsync(ContainerEngine engine, IReadOnlyList<string> names)
    {
        var removed = await call(engine.Call(["rm", "--force", "--volumes", .. names]), Bound, CancellationToken.None);
        foreach (string name in names)
        {
            // One that never came to be cannot be removed, which is no trouble.
            if (removed.Code != 0 && (await call(engine.Call("container", "inspect", "--format", "{{.Id}}", name), Bound, CancellationToken.None)).Code is 0 or null)
            {
                LogNotRemoved(log, name, removed.Why);
                continue;
            }
            TryDelete(Path.Combine(runFolder, name + Suffix));
        }
    }

    private async Task<int?> AskPidAsync(Entry entry, CancellationToken ct)
    {
        var seen = await call(entry.Engine.Call("container", "inspect", "--format", "{{.Id}} {{.State.Pid}}", entry.Name), Bound, ct);
        return seen.Code == 0 && seen.Output.Trim().Split(' ') is [var id, var number] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid > 0
            && IsIn(pid, id) ? pid : null;
    }

    // An engine in a machine of its own tells pids of that one.
    private static bool IsIn(int pid, string container)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cgroup").Contains(container, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string[] ReadCall(string note)
    {
        try
        {
            return File.ReadAllLines(note);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static void TryDelete(string note)
    {
        try
        {
            File.Delete(note);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A note of a container that is no more is harmless.
        }
    }

    [LoggerMessage(LogLevel.Warning, "The container {Name} could not be removed; the next start tries again: {Message}")]
    private static partial void LogNotRemoved(ILogger log, string name, string message);
}
