namespace Orrery.Local.Containers;

/// <summary>How containers are run on this machine.</summary>
public sealed record ContainerOptions
{
    public const string Auto = "auto", None = "none";

    /// <summary><c>podman</c>, <c>docker</c>, an absolute path of one of them, <c>auto</c>: podman, else docker, or <c>none</c>.</summary>
    public string Engine { get; init; } = Auto;

    /// <summary>Arguments of the engine itself, before <c>run</c>.</summary>
    public IReadOnlyList<string> EngineArguments { get; init; } = [];

    /// <summary>Further arguments of <c>run</c>, after ours.</summary>
    public IReadOnlyList<string> RunArguments { get; init; } = [];

    /// <summary>
    /// Containers share the machine's network, and each is told a port of its own in place of <c>$(PORT)</c>; whether others than this machine reach it
    /// is then up to the program in it. False: its port is published on the loopback interface alone.
    /// </summary>
    public bool HostNetwork { get; init; }
}
