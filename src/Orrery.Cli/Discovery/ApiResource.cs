namespace Orrery.Cli.Discovery;

/// <summary>A kind as a server offers it.</summary>
/// <param name="Group">Empty for Kubernetes' core.</param>
/// <param name="Plural">As it stands in addresses.</param>
/// <param name="HasStatus">Its status is written by itself, and not through the object.</param>
internal sealed record ApiResource(
    string Group, string Version, string Plural, string Singular, string Kind, bool Namespaced, bool HasStatus,
    IReadOnlyList<string> ShortNames, IReadOnlyList<string> Categories, IReadOnlyList<string> Verbs)
{
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary><c>inferenceservices.orrery.dev</c></summary>
    public string QualifiedPlural => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>How one object of it is called in messages.</summary>
    public string One => Singular.Length > 0 ? Singular : Kind.ToLowerInvariant();

    /// <summary>Relative to the server's address.</summary>
    /// <param name="ns">Null: all namespaces.</param>
    /// <param name="name">Null: all objects.</param>
    public string Path(string? ns, string? name)
    {
        string root = Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";
        string scope = Namespaced && ns is not null ? $"/namespaces/{Uri.EscapeDataString(ns)}" : "";
        return $"{root}{scope}/{Plural}" + (name is null ? "" : $"/{Uri.EscapeDataString(name)}");
    }
}
