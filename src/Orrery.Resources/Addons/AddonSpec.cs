using System.Text.Json;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Addons;

/// <summary>Which chart, in which version, with which values.</summary>
public sealed record AddonSpec
{
    /// <summary>Where the chart comes from.</summary>
    [Required, Pattern("^(https|oci)://.+", "an address that starts with https:// or oci://")]
    public string? Repository { get; init; }

    /// <summary>Name of the chart.</summary>
    [Required]
    public string? Chart { get; init; }

    /// <summary>The exact version: it stays until somebody changes it.</summary>
    [Required(", for example 1.2.3"), Pattern(@"^v?[0-9]+\.[0-9]+\.[0-9]+", "a version such as 1.2.3")]
    public string? Version { get; init; }

    /// <summary>Name of the release. Unset: that of the addon.</summary>
    public string? ReleaseName { get; init; }

    /// <summary>Namespace that it is installed in. Unset: <c>orrery-addons</c>.</summary>
    public string? TargetNamespace { get; init; }

    /// <summary>Values over the chart's own.</summary>
    [RawObject]
    public JsonElement? Values { get; init; }

    /// <summary>False: it is taken away. Default true.</summary>
    [Default("true")]
    public bool? Enabled { get; init; }

    /// <summary>Longest time for an installation, in seconds.</summary>
    [Between(1, 86_400)]
    public int? TimeoutSeconds { get; init; }
}
