namespace Orrery.Resources.Workloads;

/// <summary>A container. It listens on <see cref="Port"/> inside; <c>$(PORT)</c> in any text stands for that number.</summary>
public sealed record ContainerTemplate
{
    public required string Image { get; init; }

    /// <summary>When the image is fetched: <c>Always</c>, <c>IfNotPresent</c> or <c>Never</c>.</summary>
    public string PullPolicy { get; init; } = "IfNotPresent";

    /// <summary>Instead of the image's entry point. Empty: that one.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    public IReadOnlyList<string> Args { get; init; } = [];

    public IReadOnlyList<WorkloadVariable> Env { get; init; } = [];

    /// <summary>Null: the image's.</summary>
    public string? WorkingDirectory { get; init; }

    public required int Port { get; init; }

    /// <summary>Folders and files of the machine that it sees.</summary>
    public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];
}

/// <param name="Source">Absolute, on the machine.</param>
/// <param name="Target">Absolute, in the container.</param>
public sealed record ContainerMount(string Source, string Target, bool ReadOnly = true);
