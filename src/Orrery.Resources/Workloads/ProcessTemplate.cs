namespace Orrery.Resources.Workloads;

/// <summary>A child process. <c>$(SOCKET)</c> and <c>$(PORT)</c> in any text stand for what the runtime gives each replica to listen on.</summary>
public sealed record ProcessTemplate
{
    /// <summary>Program and arguments. The program <c>orrery</c> is this binary itself.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    public IReadOnlyList<WorkloadVariable> Env { get; init; } = [];

    /// <summary>Null: a folder of the replica's own.</summary>
    public string? WorkingDirectory { get; init; }

    public bool Names(string variable)
        => Command.Any(a => a.Contains(variable, StringComparison.Ordinal)) || Env.Any(e => e.Value.Contains(variable, StringComparison.Ordinal));
}

/// <summary>An environment variable. A secret's value is read when a replica starts, and is written down nowhere.</summary>
/// <param name="Value">Its text, where <paramref name="Secret"/> is null.</param>
/// <param name="Secret">Where its text is instead.</param>
public sealed record WorkloadVariable(string Name, string Value, SecretValue? Secret = null);

/// <summary>One value of a Secret in the workload's namespace.</summary>
/// <param name="Version">Of the Secret, as its object has it: a changed Secret makes a new revision.</param>
/// <param name="Optional">Where it is missing the variable is left out. Otherwise the replica is not started.</param>
public sealed record SecretValue(string Secret, string Key, string? Version, bool Optional = false);
