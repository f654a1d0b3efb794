namespace Orrery.Local.Containers;

/// <summary>A program that runs containers here, and answered when it was asked.</summary>
/// <param name="Program">As it is started: a name on the PATH, or an absolute path.</param>
/// <param name="Arguments">Its own, before what it is to do.</param>
/// <param name="Version">Of what runs the containers.</param>
internal sealed record ContainerEngine(string Program, IReadOnlyList<string> Arguments, string Version)
{
    public const string Podman = "podman", Docker = "docker";

    /// <summary>Podman's and docker's options are mostly the same; this tells apart where they are not.</summary>
    public bool IsPodman => IsPodmanProgram(Program);

    /// <summary>As messages and the node's label name it.</summary>
    public string Name => IsPodman ? Podman : Docker;

    public static bool IsPodmanProgram(string program) => Path.GetFileName(program).StartsWith(Podman, StringComparison.Ordinal);

    /// <summary>Program and arguments of a call.</summary>
    public IReadOnlyList<string> Call(params IEnumerable<string> arguments) => [Program, .. Arguments, .. arguments];
}
