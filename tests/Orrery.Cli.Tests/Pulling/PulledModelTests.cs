using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Pulling;
using Orrery.Resources;

namespace Orrery.Cli.Tests.Pulling;

public sealed class PulledModelTests
{
    private static readonly DateTimeOffset Asked = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static PulledModel Pull(string uri, string? name = null, string? ns = null) => new(uri, name, ns, null, null, null, new Dictionary<string, string>());

    [Theory]
    [InlineData("hf://meta-llama/Llama-3.2-1B", "llama-3.2-1b")]
    [InlineData("hf://org/My_Model@v1", "my-model")]
    [InlineData("s3://bucket/models/qwen/", "qwen")]
    [InlineData("https://example.com/x/Tiny%20Model.Q8_0.gguf", "tiny-model.q8-0")]
    [InlineData("oci://ghcr.io/org/model:v1", "model")]
    [InlineData("az://account/models/phi.gguf", "phi")]
    public void A_name_is_made_from_the_address(string uri, string name) => Assert.Equal(name, Pull(uri).ToJson(Asked)["metadata"]!["name"]!.ToString());

    [Fact]
    public void What_is_asked_for_is_a_valid_object_of_either_scope()
    {
        var pulled = new PulledModel("hf://org/m", "x", "team", "1.0", "Q4_K_M", "hf", new Dictionary<string, string> { ["endpoint"] = "https://mirror.test" });

        foreach (var json in (JsonObject[])[pulled.ToJson(Asked), (pulled with { Namespace = null }).ToJson(Asked)])
        {
            var document = Document.From(json);
            Assert.Empty(document.Kind.Problems(document));
        }
        Assert.Equal(
            """{"apiVersion":"orrery.dev/v1alpha1","kind":"BaseModel","metadata":{"name":"x","annotations":{"orrery.dev/pulled":"2026-01-31T12:00:00.000Z"},"namespace":"team"},"spec":{"storage":{"storageUri":"hf://org/m","key":"hf","parameters":{"endpoint":"https://mirror.test"}},"version":"1.0","quantization":"Q4_K_M"}}""",
            pulled.ToJson(Asked).ToJsonString());
    }

    [Theory]
    [InlineData("pvc://x/y", "Kubernetes")]
    [InlineData("file:///models/m.gguf", "on this machine already")]
    [InlineData("org/name", "hf://ORG/NAME")]
    public void What_cannot_be_fetched_is_told_before_anything_is_written(string uri, string says)
        => Assert.Contains(says, Assert.Throws<CliException>(() => Pull(uri).ToJson(Asked)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_name_that_is_none_is_told()
        => Assert.Contains("'A B'", Assert.Throws<CliException>(() => Pull("hf://org/m", "A B").ToJson(Asked)).Message, StringComparison.Ordinal);
}
