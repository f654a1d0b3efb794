using Orrery.Resources.Schema;

namespace Orrery.Resources.Runtimes;

/// <summary>
/// A child process that serves one replica over HTTP. Text in <c>command</c>, <c>args</c> and <c>env</c> may name <c>$(MODEL_PATH)</c>,
/// <c>$(MODEL_NAME)</c>, <c>$(GRACE_PERIOD_SECONDS)</c> (from "stop" to "kill"), and <c>$(SOCKET)</c> (a unix socket to listen on) or
/// <c>$(PORT)</c> (a free loopback port to listen on).
/// </summary>
public sealed record ProcessSpec
{
    /// <summary>Program and first arguments. <c>orrery</c> is this program itself.</summary>
    [Required(" to a program, for example [orrery, engine]")]
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Further arguments.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>Environment variables, besides those that every process gets.</summary>
    [ListMap("name")]
    public IReadOnlyList<EnvVar>? Env { get; init; }

    /// <summary>Absolute. Default: the home's folder for the replica.</summary>
    [Pattern("^/", "absolute")]
    public string? WorkingDir { get; init; }

    /// <summary>Path that answers 200 when the server can take requests. Default <c>/health</c>.</summary>
    [Pattern("^/", "a path that starts with /")]
    public string? HealthPath { get; init; }

    /// <summary>Longest time from start to the first answered request, in seconds. Default 120.</summary>
    [Between(1, 86_400)]
    public int? StartupTimeoutSeconds { get; init; }

    /// <summary>From "stop" to "kill", in seconds. Default 2.</summary>
    [Between(0, 3_600)]
    public int? TerminationGracePeriodSeconds { get; init; }

    /// <summary>The program that a machine must have: a name on the PATH, or a path. Null: this program itself, or none is named.</summary>
    public string? NeededProgram() => Command is [{ Length: > 0 } program, ..] && program != "orrery" ? program : null;

    /// <summary>What no schema can say: that somebody can reach the server.</summary>
    internal IEnumerable<string> Problems(string path)
    {
        if (Command is [{ Length: 0 }, ..])
            yield return $"{path}.command: must name a program, for example [orrery, engine]";
        else if (Command is { Count: > 0 } && !Texts().Any(text => text.Contains("$(SOCKET)", StringComparison.Ordinal) || text.Contains("$(PORT)", StringComparison.Ordinal)))
            yield return $"{path}.command: neither command, args nor env name $(SOCKET) or $(PORT), so the server could not be reached";
    }

    private IEnumerable<string> Texts() => [.. Command ?? [], .. Args ?? [], .. (Env ?? []).Select(e => e.Value ?? "")];
}

/// <summary>One environment variable of a process.</summary>
public sealed record EnvVar
{
    /// <summary>Name of the variable.</summary>
    [Required, Pattern("^[^=]+$", "a name without '='")]
    public string? Name { get; init; }

    /// <summary>Its text.</summary>
    public string? Value { get; init; }
}
