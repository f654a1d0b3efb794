using Orrery.Local.Containers;

namespace Orrery.Cli.Up;

/// <summary>Section <c>containers</c> of a home's settings.</summary>
internal sealed record ContainerSettings
{
    private const string Published = "published", Host = "host";

    /// <summary><c>auto</c>: podman, else docker; <c>podman</c>, <c>docker</c>, an absolute path of one of them, or <c>none</c>.</summary>
    public string Engine { get; init; } = ContainerOptions.Auto;

    /// <summary>Options of the engine before <c>run</c>, with spaces between.</summary>
    public string EngineArguments { get; init; } = "";

    /// <summary>Further options of <c>run</c>, with spaces between.</summary>
    public string Arguments { get; init; } = "";

    /// <summary><c>published</c> on the loopback interface, or <c>host</c>.</summary>
    public string Network { get; init; } = Published;

    public IEnumerable<string> Problems()
    {
        if (Engine is not (ContainerOptions.Auto or ContainerOptions.None or "podman" or "docker") && !(Path.IsPathFullyQualified(Engine) && (Names(Engine, "podman") || Names(Engine, "docker"))))
            yield return $"containers.engine: '{Engine}' must be auto, podman, docker, none, or the absolute path of podman or docker";
        if (Network is not (Published or Host))
            yield return $"containers.network: '{Network}' must be {Published} or {Host}";
    }

    public ContainerOptions Options() => new()
    {
        Engine = Engine,
        EngineArguments = Words(EngineArguments),
        RunArguments = Words(Arguments),
        HostNetwork = Network == Host,
    };

    private static bool Names(string path, string engine) => Path.GetFileName(path).StartsWith(engine, StringComparison.Ordinal);

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
