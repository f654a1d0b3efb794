namespace Orrery.Platform.Access;

/// <summary>Who asks: the same record, whether they showed a key or a certificate.</summary>
/// <param name="Name">Of the key, or the certificate's common name, as audit records show it.</param>
/// <param name="Role">One of <see cref="Roles"/>.</param>
public sealed record Caller(string Name, string Role)
{
    /// <summary>As Kubernetes names them in reviews and audit records.</summary>
    public IReadOnlyList<string> Groups { get; init; } = CallerGroups.OfRole(Role);

    /// <summary>Which key or certificate it was; never the secret itself: <c>KEY=0123456789ab</c>, <c>X509SHA256=…</c>. Empty: unknown.</summary>
    public string Credential { get; init; } = "";

    /// <summary>Somebody known by name and groups alone: the groups give the role.</summary>
    public static Caller OfGroups(string name, IEnumerable<string> groups)
    {
        string[] all = [.. groups.Append(CallerGroups.Authenticated).Distinct(StringComparer.Ordinal)];
        return new Caller(name, all.Contains(CallerGroups.Masters) ? Roles.Admin : Roles.None) { Groups = all };
    }
}

public static class Roles
{
    /// <summary>May do everything.</summary>
    public const string Admin = "admin";

    /// <summary>May ask what they may do, and nothing else.</summary>
    public const string None = "none";
}

/// <summary>Groups that mean something here; the names are Kubernetes'.</summary>
public static class CallerGroups
{
    /// <summary>Its members have the role admin.</summary>
    public const string Masters = "system:masters";

    /// <summary>Everybody who is known.</summary>
    public const string Authenticated = "system:authenticated";

    private static readonly string[] Admins = [Masters, Authenticated];
    private static readonly string[] Others = [Authenticated];

    public static IReadOnlyList<string> OfRole(string role) => role == Roles.Admin ? Admins : Others;
}
