using Orrery.Cli.Discovery;

namespace Orrery.Cli.Tests;

/// <summary>The kinds of this program, as a server would list them.</summary>
internal static class TestCatalog
{
    public static ApiCatalog Kinds { get; } = new(
        [.. Orrery.Resources.Kinds.All.Select(k => new ApiResource(
            k.Group, k.Version, k.Plural, k.Singular, k.Name, k.Namespaced, k.HasStatus, [.. k.ShortNames], [.. k.Categories], ["get", "list"]))],
        []);

    public static ApiResource Of(string word) => Kinds.Named(word).Single();

    public static ApiResource A(string group, string version, string plural, string kind, params string[] shortNames)
        => new(group, version, plural, kind.ToLowerInvariant(), kind, Namespaced: true, HasStatus: true, shortNames, [], ["get", "list"]);
}
