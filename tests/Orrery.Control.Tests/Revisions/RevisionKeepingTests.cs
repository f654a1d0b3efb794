using System.Text.Json.Nodes;
using Orrery.Control.Revisions;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Tests.Revisions;

public sealed class RevisionKeepingTests
{
    private static readonly Document Service = Document.From(new InferenceService
    {
        Metadata = new Metadata { Name = "s", Namespace = "default", Uid = "u" },
        Spec = new InferenceServiceSpec
        {
            Model = new ModelReference { Name = "m" },
            Priority = 3,
            Engine = new ComponentSpec { MinReplicas = 2, CanaryTrafficPercent = 10, Annotations = new Dictionary<string, string> { ["a"] = "1" } },
        },
    });

    private static readonly Workload Engine = new()
    {
        Key = new WorkloadKey("default", "s-engine"),
        Owner = new OwnerReference { ApiVersion = "orrery.dev/v1alpha1", Kind = "InferenceService", Name = "s", Uid = "u", Controller = true },
        Revision = "0123456789",
        Replicas = 0,
        Labels = new Dictionary<string, string> { ["x"] = "y" },
        Process = new ProcessTemplate
        {
            Command = ["serve", "<&>\"'"],
            Env = [new WorkloadVariable("A", "1"), new WorkloadVariable("TOKEN", "", new SecretValue("hub", "token", "7"))],
        },
        Container = new ContainerTemplate { Image = "i:1", Port = 8080, Mounts = [new ContainerMount("/m", "/m")] },
        Resources = new WorkloadResources(1 << 30, 1.5, new AcceleratorShare("nvidia.com/gpu", 2, "fast")),
        Models = ["/m/x.gguf"],
        ModelBytes = 5_000_000_000,
        Probe = new Probe { StartupTimeout = TimeSpan.FromMinutes(3), FailureThreshold = 4 },
        DrainTimeout = TimeSpan.FromSeconds(7),
        MaxSurge = 2,
        MaxUnavailable = 1,
    };

    [Fact]
    public void A_revision_comes_back_from_its_object_as_it_was_with_its_marks()
    {
        var kept = new ServiceRevision("s-0123456789", 4, ServiceRevision.TemplateOf(Service), Engine)
        {
            RolledOutAt = new DateTimeOffset(2026, 1, 31, 12, 0, 0, 123, TimeSpan.Zero), Failed = "12 of 40",
        };

        var document = kept.ToDocument(Service);
        Assert.Empty(document.Kind.Problems(document));
        var read = ServiceRevision.Read(document, "u")!;

        Assert.Equal((4, kept.RolledOutAt, "12 of 40", "s-0123456789"), (read.Number, read.RolledOutAt, read.Failed, read.Name));
        Assert.Equal(Engine.Process!.Command, read.Engine.Process!.Command);
        Assert.Equal(Engine.Process.Env, read.Engine.Process.Env);
        Assert.Equal(Engine.Container!.Mounts, read.Engine.Container!.Mounts);
        Assert.Equal(
            Engine with { Process = null, Container = null, Labels = null!, Models = null! }, read.Engine with { Process = null, Container = null, Labels = null!, Models = null! });
        Assert.Null(ServiceRevision.Read(document, "of another life"));
    }

    [Fact]
    public void What_cannot_be_read_is_no_revision()
        => Assert.Null(ServiceRevision.Read(Document.From(new ControllerRevision
        {
            Metadata = new Metadata { Name = "x", Namespace = "default", OwnerReferences = [new OwnerReference { Kind = "InferenceService", Name = "s", Uid = "u" }] }, Revision = 1,
        }), "u"));

    [Fact]
    public void The_template_is_what_replicas_run_and_going_back_leaves_the_numbers_as_they_are()
    {
        var then = TemplateFields.Of(Service.ToJson()["spec"]!.AsObject());

        Assert.Equal("""{"model":{"name":"m"},"engine":{"annotations":{"a":"1"}}}""", then.ToJsonString());

        var now = JsonNode.Parse("""{"model":{"name":"n"},"priority":5,"paused":true,"engine":{"minReplicas":4,"maxReplicas":9,"process":{"command":["x"]}},"router":{"minReplicas":1}}""")!.AsObject();
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"model":{"name":"m"},"priority":5,"paused":true,"engine":{"annotations":{"a":"1"},"minReplicas":4,"maxReplicas":9}}"""), TemplateFields.Restored(now, then)));
    }
}
