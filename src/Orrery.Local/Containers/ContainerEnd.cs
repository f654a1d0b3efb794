namespace Orrery.Local.Containers;

/// <summary>How a container ended, as far as its engine tells. Pure.</summary>
/// <param name="NeverBegan">What the engine did not manage. Null: the container ran.</param>
internal sealed record ContainerEnd(bool OomKilled, string? NeverBegan)
{
    /// <summary>What <c>inspect</c> is asked for.</summary>
    public const string Format = "{{.State.OOMKilled}} {{.State.StartedAt}}";

    // Exit codes by which a client says that the engine failed, not what it ran: the engine itself, a command that cannot be run, one that is not there.
    private const int EngineFailed = 125, CannotRun = 126, NoSuchCommand = 127;

    public static ContainerEnd Unknown { get; } = new(false, null);

    /// <param name="code">Of the client. Null: it did not end by itself.</param>
    /// <param name="inspected">The answer to <see cref="Format"/>. Null: nobody asked.</param>
    public static ContainerEnd Of(ContainerEngine engine, int? code, ToolAnswer? inspected)
    {
        var words = inspected is { Code: 0 } ? inspected.Output.Trim().Split(' ', 2) : [];
        // The year 1 stands for never.
        bool began = words is [_, var startedAt] && !startedAt.StartsWith("0001-", StringComparison.Ordinal);
        string? never = began ? null : code switch
        {
            EngineFailed => $"{engine.Name} could not start its container (exit code {code})",
            CannotRun => $"{engine.Name} could not run the command in its container (exit code {code})",
            NoSuchCommand => $"{engine.Name} did not find the command in its container (exit code {code})",
            _ => null,
        };
        return new ContainerEnd(words is [var oom, ..] && oom == "true", never);
    }
}
