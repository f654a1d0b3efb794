namespace Orrery.Local.Limits;

/// <summary>By what the limits of replicas are held on this machine.</summary>
internal abstract record LimitForm
{
    /// <summary>Control groups of version 2.</summary>
    /// <param name="Base">Folder of the group in which those of a home are made.</param>
    /// <param name="Controllers">Of <c>memory</c>, <c>cpu</c> and <c>pids</c>, those that groups below the base can have.</param>
    /// <param name="Leaf">
    /// Null, or a group in which the processes of the base must be first: a group with processes of its own cannot limit groups below it.
    /// </param>
    public sealed record Version2(string Base, IReadOnlyList<string> Controllers, string? Leaf = null) : LimitForm;

    /// <summary>Control groups of version 1, a hierarchy for each controller.</summary>
    /// <param name="Bases">Controller, of <c>memory</c>, <c>cpu</c> and <c>pids</c>, to the folder of the group in which those of a home are made.</param>
    public sealed record Version1(IReadOnlyDictionary<string, string> Bases) : LimitForm;

    /// <summary>Limits of single processes: what remains where no control group can be made.</summary>
    public sealed record PerProcess : LimitForm;

    /// <summary>As the node's label has it.</summary>
    public string Label => this switch
    {
        Version2 => "cgroup-v2",
        Version1 => "cgroup-v1",
        _ => "rlimit",
    };

    public bool Has(string controller) => this switch
    {
        Version2 two => two.Controllers.Contains(controller),
        Version1 one => one.Bases.ContainsKey(controller),
        _ => false,
    };
}
