using System.Text;
using Orrery.Resources.Serving;
using Orrery.Resources.Text;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Tests.Validation;

public sealed class ValidationTests
{
    private static Document Read(string yaml) => Document.From(Yaml.ParseAll(yaml).Single());

    [Fact]
    public void All_problems_come_at_once_each_with_its_path()
    {
        var document = Read("""
            apiVersion: orrery.dev/v1alpha1
            kind: InferenceService
            metadata: {name: Bad_Name, namespace: default, labels: {"a b": c}}
            spec:
              model: {kind: Secret}
              engine: {minReplicas: 5, maxReplicas: 2, process: {command: [serve], env: [{name: "a=b"}]}}
            """);

        var problems = document.Kind.Problems(document);

        string[] paths =
        [
            "metadata.name", "metadata.labels", "spec.model.name", "spec.model.kind", "spec.engine.maxReplicas",
            "spec.engine.process.command", "spec.engine.process.env[0].name",
        ];
        Assert.Equal(paths.Order(), problems.Select(p => p[..p.IndexOf(':')]).Order());
    }

    [Fact]
    public void Of_more_problems_than_anybody_reads_the_first_are_told()
    {
        string nulls = string.Join(',', Enumerable.Repeat("null", 5_000));
        var document = Read($"{{apiVersion: orrery.dev/v1alpha1, kind: InferenceService, metadata: {{name: a, namespace: default, finalizers: [{nulls}]}}}}");

        var problems = document.Kind.Problems(document);

        Assert.Equal(Shape.MaxProblems + 1, problems.Count);
        Assert.StartsWith("metadata.finalizers[0]:", problems[0]);
        Assert.StartsWith("(root): there are more", problems[^1]);
    }

    [Fact]
    public void Annotations_have_an_end()
    {
        var document = Read("{apiVersion: orrery.dev/v1alpha1, kind: InferenceService, metadata: {name: a, namespace: default}, spec: {model: {name: m}}}")
            .Edit(j => j["metadata"]!["annotations"] = new System.Text.Json.Nodes.JsonObject { ["a"] = new string('x', Names.MaxAnnotationBytes) });

        Assert.StartsWith("metadata.annotations: Too long", Assert.Single(document.Kind.Problems(document)));
    }

    [Theory]
    [InlineData("spec: {engine: {minReplicas: many}, model: {name: m}}", "spec.engine.minReplicas")]
    [InlineData("spec: {model: [1]}", "spec.model")]
    [InlineData("spec: 7", "spec")]
    public void A_value_of_the_wrong_type_is_named_by_its_path(string spec, string path)
    {
        var document = Read($"{{apiVersion: orrery.dev/v1alpha1, kind: InferenceService, metadata: {{name: a, namespace: default}}, {spec}}}");

        Assert.StartsWith(path + ":", Assert.Single(document.Kind.Problems(document)));
    }

    [Fact]
    public void Fields_that_are_left_out_have_their_defaults_in_the_view()
    {
        var document = Read("{apiVersion: orrery.dev/v1alpha1, kind: InferenceService, metadata: {name: a, namespace: default}}");

        Assert.NotNull(document.As<InferenceService>().Spec);
        Assert.StartsWith("spec:", Assert.Single(document.Kind.Problems(document)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_null_where_an_object_belongs_is_a_problem_and_no_crash()
    {
        foreach (var kind in Kinds.All)
        {
            foreach (string fields in (string[])["spec: null", "status: null", "spec: {storage: null, process: null, engine: null, model: null}", "endpoints: [null], ports: [null]", "spec: {supportedModelFormats: [null]}", "data: {a: null}"])
            {
                var document = Read($"{{apiVersion: {kind.ApiVersion}, kind: {kind.Name}, metadata: {{name: a, namespace: default, ownerReferences: [null], finalizers: [null], labels: {{a: null}}}}, {fields}}}");

                Assert.NotNull(kind.Problems(document));
            }
        }
    }

    [Fact]
    public void Unknown_fields_are_found_at_any_depth_and_known_ones_are_not()
    {
        var json = Yaml.ParseAll("""
            apiVersion: orrery.dev/v1alpha1
            kind: InferenceService
            metadata: {name: a, lables: {}, ownerReferences: [{uid: x, colour: red}]}
            spec:
              model: {name: m, fineTunedWeight: x}
              engine: {minReplica: 1, labels: {any: thing}, affinity: {free: form}, process: {env: [{name: a, vale: b}]}}
            extra: 1
            """).Single();

        var unknown = UnknownFields.In(json, InferenceService.Kind);

        Assert.Equal(
            ["metadata.lables", "metadata.ownerReferences[0].colour", "spec.model.fineTunedWeight", "spec.engine.minReplica", "spec.engine.process.env[0].vale", "extra"],
            unknown);
    }

    [Theory]
    [InlineData("", "valid JSON")]
    [InlineData("[]", "JSON object")]
    [InlineData("{\"apiVersion\":\"v1\"}", "kind")]
    [InlineData("{\"apiVersion\":7,\"kind\":\"Secret\"}", "apiVersion")]
    [InlineData("{\"apiVersion\":\"v1\",\"kind\":\"Secret\"}", "metadata")]
    [InlineData("{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":[]}", "metadata")]
    [InlineData("{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":7}}", "metadata.name")]
    [InlineData("{\"apiVersion\":\"v1\",\"kind\":\"Nonsense\",\"metadata\":{}}", "Nonsense")]
    [InlineData("{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"kind\":\"Event\",\"metadata\":{}}", "JSON")]
    public void What_is_no_document_is_refused_by_what_is_wrong(string json, string expected)
        => Assert.Contains(expected, Assert.Throws<InvalidDocumentException>(() => Document.Parse(Encoding.UTF8.GetBytes(json))).Message);

    [Fact]
    public void Invalid_utf8_and_deep_nesting_are_refused()
    {
        string deep = "{\"a\":" + new string('[', 1000) + new string(']', 1000) + "}";

        Assert.Contains("UTF-8", Assert.Throws<InvalidDocumentException>(() => Document.Parse([(byte)'{', 0xff, (byte)'}'])).Message);
        Assert.Contains("JSON", Assert.Throws<InvalidDocumentException>(() => Document.Parse(Encoding.UTF8.GetBytes(deep))).Message);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("a-b.c1", true)]
    [InlineData("../etc/passwd", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("A", false)]
    [InlineData("-a", false)]
    [InlineData("a\n", false)]
    [InlineData("", false)]
    public void Names_are_safe_as_file_names(string name, bool valid) => Assert.Equal(valid, Names.IsValid(name));

    [Fact]
    public void Fields_that_nobody_knows_survive_reading_editing_and_status()
    {
        var document = Read("""
            apiVersion: orrery.dev/v1alpha1
            kind: InferenceService
            metadata: {name: a, namespace: default, custom: kept}
            spec: {model: {name: m}, future: {field: [1, 2]}}
            """);

        var edited = document.WithStatus(new InferenceServiceStatus { Runtime = "r" }, ResourceJson.Default.InferenceServiceStatus).ToJson();

        Assert.Equal("""{"field":[1,2]}""", edited["spec"]!["future"]!.ToJsonString());
        Assert.Equal("kept", edited["metadata"]!["custom"]!.ToString());
        Assert.Equal("r", edited["status"]!["runtime"]!.ToString());
    }
}
