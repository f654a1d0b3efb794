using System.Text.Json.Nodes;
using Orrery.Cli.Discovery;

namespace Orrery.Cli.Tests.Discovery;

public sealed class ApiCatalogTests : IDisposable
{
    private static readonly ApiCatalog Catalog = new(
        [
            TestCatalog.A("", "v1", "events", "Event", "ev"),
            TestCatalog.A("events.k8s.io", "v1", "events", "Event", "ev"),
            TestCatalog.A("apps", "v1", "deployments", "Deployment", "deploy"),
            TestCatalog.A("apps", "v1beta1", "deployments", "Deployment", "deploy"),
        ],
        []);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("events", "v1 events")]
    [InlineData("EV", "v1 events")]
    [InlineData("Event", "v1 events")]
    [InlineData("events.events.k8s.io", "events.k8s.io/v1 events")]
    [InlineData("events.v1", "v1 events")]
    [InlineData("deploy", "apps/v1 deployments")]
    [InlineData("deployments.apps", "apps/v1 deployments")]
    [InlineData("deployments.v1beta1.apps", "apps/v1beta1 deployments")]
    public void A_word_names_the_kind_that_comes_first_unless_it_is_qualified(string word, string expected)
        => Assert.Equal(expected, string.Join(';', Catalog.Named(word).Select(r => $"{r.ApiVersion} {r.Plural}")));

    [Fact]
    public void An_unknown_kind_says_which_groups_could_not_be_read()
        => Assert.Contains("metrics.k8s.io is gone", Assert.Throws<UnknownKindException>(() => (Catalog with { Problems = ["metrics.k8s.io is gone"] }).Named("pods")).Message);

    [Fact]
    public void Discovery_of_old_servers_is_read_group_by_group_in_their_order_of_preference()
    {
        var groups = JsonNode.Parse("""
            {"kind":"APIGroupList","groups":[{"name":"apps","versions":[{"groupVersion":"apps/v1beta1"},{"groupVersion":"apps/v1"}],"preferredVersion":{"groupVersion":"apps/v1"}}]}
            """)!.AsObject();
        var list = JsonNode.Parse("""
            {"kind":"APIResourceList","groupVersion":"apps/v1","resources":[
              {"name":"deployments","singularName":"","namespaced":true,"kind":"Deployment","shortNames":["deploy"],"categories":["all"],"verbs":["get"]},
              {"name":"deployments/status","namespaced":true,"kind":"Deployment","verbs":["get"]}]}
            """)!.AsObject();

        Assert.Equal(["apis/apps/v1", "apis/apps/v1beta1"], DiscoveryDocuments.GroupVersions(groups));
        var one = Assert.Single(DiscoveryDocuments.Resources(list));
        Assert.Equal(("apps", "v1", "deployments", "deployment", true, true), (one.Group, one.Version, one.Plural, one.One, one.Namespaced, one.HasStatus));
        Assert.Equal("apis/apps/v1/namespaces/a%20b/deployments/x", one.Path("a b", "x"));
    }

    [Fact]
    public void Aggregated_discovery_says_the_same()
    {
        var answer = JsonNode.Parse("""
            {"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":"apps"},"versions":[{"version":"v1","resources":[
              {"resource":"deployments","responseKind":{"kind":"Deployment"},"scope":"Namespaced","singularResource":"deployment","shortNames":["deploy"],
               "verbs":["get"],"subresources":[{"subresource":"status"}]}]}]}]}
            """)!.AsObject();

        var one = Assert.Single(DiscoveryDocuments.Aggregated(answer));

        Assert.Equal(("apps/v1", "deployments", "deployment", "Deployment", true, true), (one.ApiVersion, one.Plural, one.Singular, one.Kind, one.Namespaced, one.HasStatus));
    }

    [Fact]
    public void The_cache_gives_back_what_was_written_while_it_is_young_and_never_what_is_broken()
    {
        var cache = new DiscoveryCache(_folder.File("a/kinds.json"), TimeProvider.System);
        Assert.Null(cache.Read());

        cache.Write(Catalog);
        Assert.Equal(Catalog.Resources.Select(r => r.QualifiedPlural), cache.Read()!.Resources.Select(r => r.QualifiedPlural));
        Assert.Equal(["ev"], cache.Read()!.Resources[0].ShortNames);

        File.SetLastWriteTimeUtc(_folder.File("a/kinds.json"), DateTime.UtcNow - TimeSpan.FromMinutes(11));
        Assert.Null(cache.Read());

        foreach (string broken in (string[])["", "[", "[{}]", "[{\"group\":\"\"}]", "null"])
        {
            File.WriteAllText(_folder.File("a/kinds.json"), broken);
            Assert.Null(cache.Read());
        }
    }
}
