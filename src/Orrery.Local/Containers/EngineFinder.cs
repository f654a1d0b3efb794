using Orrery.Local.Machine;

namespace Orrery.Local.Containers;

/// <summary>Finds the program that runs containers here. One that is installed and does not answer, as docker's without its daemon, is none.</summary>
/// <param name="isHere">Whether a program is on this machine.</param>
/// <param name="call">Runs a program.</param>
internal sealed class EngineFinder(ContainerOptions options, Func<string, bool> isHere, CallTool call, TimeProvider time)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    // A daemon that was started now is seen soon, and one that hangs is not asked by every replica that waits.
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private Task<ContainerEngine?>? _found;
    private long _lookedAt;

    public EngineFinder(ContainerOptions options, TimeProvider time)
        : this(options, Programs.IsHere, ToolCall.RunAsync, time)
    {
    }

    public ContainerOptions Options => options;

    /// <summary>Why there is none, for people.</summary>
    public string Missing => options.Engine switch
    {
        ContainerOptions.None => "containers are switched off by containers.engine: none",
        ContainerOptions.Auto => "neither podman nor docker answers on this machine; install podman, or start docker's daemon",
        var named => $"'{named}' of containers.engine does not answer on this machine",
    };

    /// <summary>What answered is kept; what did not is asked again, at most every 10 s. Null: none answers.</summary>
    public Task<ContainerEngine?> FindAsync(CancellationToken ct)
    {
        lock (_lock)
        {
            bool isOver = _found is { IsCompleted: true } && !(_found.IsCompletedSuccessfully && _found.Result is not null);
            if (_found is null || (isOver && time.GetElapsedTime(_lookedAt) >= LookAgainAfter))
            {
                _found = LookAsync();
                _lookedAt = time.GetTimestamp();
            }
            return _found.WaitAsync(ct);
        }
    }

    /// <summary>Looks anew.</summary>
    public async Task<ContainerEngine?> LookAsync()
    {
        IReadOnlyList<string> candidates = options.Engine switch
        {
            ContainerOptions.None => [],
            ContainerOptions.Auto => [ContainerEngine.Podman, ContainerEngine.Docker],
            var named => [named],
        };
        foreach (string program in candidates.Where(isHere))
        {
            var engine = new ContainerEngine(program, options.EngineArguments, "");
            // Docker's has a version without its daemon too, podman's has no daemon.
            string version = ContainerEngine.IsPodmanProgram(program) ? "{{.Client.Version}}" : "{{.Server.Version}}";
            var said = await call(engine.Call("version", "--format", version), Bound, CancellationToken.None);
            if (said is { Code: 0 } && said.Output.Trim() is { Length: > 0 } number)
                return engine with { Version = number };
        }
        return null;
    }
}
