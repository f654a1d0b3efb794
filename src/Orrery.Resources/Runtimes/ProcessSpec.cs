using Orrery.Resources.Pods;
using Orrery.Resources.Schema;
using Orrery.Resources.Serving;

namespace Orrery.Resources.Runtimes;

/// <summary>
/// A child process that serves one replica over HTTP. Text in <c>command</c>, <c>args</c> and <c>env</c> may name <c>$(MODEL_PATH)</c>,
/// <c>$(MODEL_NAME)</c>, <c>$(GRACE_PERIOD_SECONDS)</c> (from "stop" to "kill"), and <c>$(SOCKET)</c> (a unix socket to listen on) or
/// <c>$(PORT)</c> (a free loopback port to listen on). A router's and a decoder's may name <c>$(ENGINE_URLS)</c> and <c>$(DECODER_URLS)</c>: as a whole argument one for each
/// replica that answers, else all with commas between. Text is taken as it is: nothing is quoted or escaped.
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

    /// <summary>
    /// Longest time from start to the first answered request, in seconds. Default 120, and a second more for each 100 MB of the model.
    /// </summary>
    [Between(1, 86_400)]
    public int? StartupTimeoutSeconds { get; init; }

    /// <summary>Between health checks of a replica that is ready, in seconds. Default 5.</summary>
    [Between(1, 3_600)]
    public int? HealthPeriodSeconds { get; init; }

    /// <summary>Longest wait for the answer of a health check, in seconds. Default 3.</summary>
    [Between(1, 600)]
    public int? HealthTimeoutSeconds { get; init; }

    /// <summary>Health checks that must fail in a row before a ready replica is replaced. Default 2.</summary>
    [Between(1, 100)]
    public int? HealthFailureThreshold { get; init; }

    /// <summary>What one replica may use: <c>memory</c>, <c>cpu</c> and accelerators such as <c>nvidia.com/gpu</c>.</summary>
    public ResourceRequirements? Resources { get; init; }

    /// <summary>Further arguments for each weight that is served beside the model; they may name <c>$(WEIGHT_NAME)</c> and <c>$(WEIGHT_PATH)</c>. Unset: it serves none.</summary>
    public IReadOnlyList<string>? WeightArgs { get; init; }

    /// <summary>Further arguments once, before those of the weights, where there are any: for programs that take all weights behind one option.</summary>
    public IReadOnlyList<string>? WeightArgsPrefix { get; init; }

    /// <summary>
    /// What a request names as its model for one of these weights; it may name <c>$(MODEL_NAME)</c> and <c>$(WEIGHT_NAME)</c>. Default <c>$(WEIGHT_NAME)</c>.
    /// </summary>
    [Pattern(@"\x24\(WEIGHT_NAME\)", "text with $(WEIGHT_NAME), for example $(MODEL_NAME):$(WEIGHT_NAME)")]
    public string? WeightModel { get; init; }

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

    /// <summary>Where its text is instead.</summary>
    public EnvVarSource? ValueFrom { get; init; }

    internal static IReadOnlyList<Rule> Rules { get; } =
    [
        Rule.For<EnvVar>("!has(self.value) || !has(self.valueFrom)", e => e.Value is null || e.ValueFrom is null, "valueFrom", "must not be set beside value"),
    ];
}

/// <summary>Where the text of a variable is.</summary>
public sealed record EnvVarSource
{
    /// <summary>A value of a Secret in the service's namespace.</summary>
    [Required]
    public SecretKeyReference? SecretKeyRef { get; init; }
}
