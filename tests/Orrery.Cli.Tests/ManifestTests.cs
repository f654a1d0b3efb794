using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Manifests;

namespace Orrery.Cli.Tests;

public sealed class ManifestTests
{
    private static Manifest Read(string yaml, string ns = "default", bool isGiven = false)
    {
        return Assert.Single(ManifestSet.Of(ManifestFiles.Parse("a.yaml", yaml), TestCatalog.Kinds, ns, isGiven, check: true));
    }

    private static string Service(string metadata, string spec = "{model: {name: m}, engine: {}}")
        => $"apiVersion: orrery.dev/v1alpha1\nkind: InferenceService\nmetadata: {metadata}\nspec: {spec}\n";

    [Fact]
    public void What_the_store_writes_is_not_sent()
    {
        var manifest = Read(Service("{name: a, uid: u, resourceVersion: '7', generation: 3, creationTimestamp: '2026-01-01T00:00:00Z', labels: {x: y}}") + "status: {url: x}\n");

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"name":"a","labels":{"x":"y"},"namespace":"default"}"""), manifest.Json["metadata"]));
        Assert.False(manifest.Json.ContainsKey("status"));
    }

    [Fact]
    public void The_namespace_is_the_manifests_unless_another_was_asked_for()
    {
        Assert.Equal("own", Read(Service("{name: a, namespace: own}")).Namespace);
        Assert.Equal("own", Read(Service("{name: a, namespace: own}"), "own", isGiven: true).Namespace);
        Assert.Equal("other", Read(Service("{name: a}"), "other", isGiven: true).Namespace);
        Assert.Contains("'own' is not the 'other' of --namespace", Assert.Throws<CliException>(() => Read(Service("{name: a, namespace: own}"), "other", isGiven: true)).Message);
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        string message = Assert.Throws<CliException>(() => Read(Service("{name: a}", "{engine: {minReplica: 1, minReplicas: -1}}"))).Message;

        Assert.StartsWith("a.yaml: inferenceservice/a: spec.engine.minReplica: there is no such field; ", message);
        Assert.Contains("spec.model", message);
        Assert.Contains("spec.engine.minReplicas", message);
    }

    [Fact]
    public void A_part_of_an_object_is_left_to_the_server()
        => Assert.Equal("inferenceservice/a", Read(Service("{name: a}", "{engine: {minReplicas: 2}}")).Title);

    [Theory]
    [InlineData("kind: InferenceService\nmetadata: {name: a}", "apiVersion: must be set to orrery.dev/v1alpha1")]
    [InlineData("apiVersion: v1\nkind: InferenceService\nmetadata: {name: a}", "apiVersion: 'v1' must be orrery.dev/v1alpha1")]
    [InlineData("apiVersion: v1\nkind: Gizmo\nmetadata: {name: a}", "there is no kind 'Gizmo' here. See: orrery api-resources")]
    [InlineData("metadata: {name: a}", "kind: must be set")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata: hello", "metadata: must be an object with at least a name")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata: {}", "metadata.name: must be set")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata: {name: ../x}", "metadata.name: '../x' must be")]
    [InlineData("apiVersion: v1\nkind: List\nitems: [7]", "items[0]: must be an object")]
    [InlineData("", "hold no objects")]
    public void What_is_no_object_is_said(string yaml, string expected)
        => Assert.Contains(expected, Assert.ThrowsAny<CliException>(() => Read(yaml)).Message);
}
