namespace Orrery.Cli.Client;

/// <summary>Which objects of a kind, and in which form.</summary>
/// <param name="Namespace">Null: all namespaces.</param>
/// <param name="Labels">A label selector; null: all.</param>
/// <param name="Fields">A field selector; null: all.</param>
/// <param name="WholeObjects">Rows of a table carry the object itself, not its metadata alone.</param>
internal sealed record ListQuery(string? Namespace, string? Labels = null, string? Fields = null, bool Table = false, bool WholeObjects = false)
{
    /// <summary>The one object of this name.</summary>
    public ListQuery Named(string name) => this with { Fields = Fields is null ? $"metadata.name={name}" : $"{Fields},metadata.name={name}" };

    /// <summary>Parameters of the address, each ending with <c>&amp;</c>.</summary>
    public string Parameters
        => (Labels is null ? "" : $"labelSelector={Uri.EscapeDataString(Labels)}&")
           + (Fields is null ? "" : $"fieldSelector={Uri.EscapeDataString(Fields)}&")
           + (Table && WholeObjects ? "includeObject=Object&" : "");
}
