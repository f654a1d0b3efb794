namespace Orrery.Cli.Status;

/// <summary>A home at a glance. What the server does not tell is null.</summary>
/// <param name="Server">Where its API answers.</param>
/// <param name="Version">Of the server.</param>
/// <param name="Services">By namespace and name.</param>
/// <param name="AcceleratorsUsed">Of all machines together: what services have.</param>
/// <param name="Missing">What could not be told, and why.</param>
internal sealed record HomeStatus(
    DateTimeOffset At, Uri Server, string? Version, IReadOnlyList<MachineStatus> Machines, long AcceleratorsUsed, IReadOnlyList<ServiceStatus> Services, IReadOnlyList<string> Missing)
{
    /// <summary>Its folder. Null: the server is no home on this machine.</summary>
    public string? Home { get; init; }

    /// <summary>When it was started.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Where models answer.</summary>
    public Uri? Gateway { get; init; }
}

/// <param name="Processors">That replicas may use.</param>
/// <param name="MemoryBytes">Likewise.</param>
/// <param name="Use">Of the whole machine, whoever uses it.</param>
internal sealed record MachineStatus(string Name, double? Processors, long? MemoryBytes, long Accelerators, ResourceUse? Use);

/// <param name="External">It answers elsewhere, and nothing of it runs here.</param>
/// <param name="Ready">Replicas of all components.</param>
/// <param name="Wanted">Likewise.</param>
/// <param name="Use">Of all its replicas together.</param>
/// <param name="TokensPerSecond">Prompts and answers, since the reading before.</param>
/// <param name="State">Reason of its condition Ready.</param>
/// <param name="Message">Why it is not ready; empty when it is.</param>
internal sealed record ServiceStatus(
    string Namespace, string Name, string Model, string Runtime, bool External, int Ready, int Wanted, ResourceUse? Use, long? InFlight, long? Waiting,
    double? TokensPerSecond, DateTimeOffset? LastUsed, string State, string Message);
