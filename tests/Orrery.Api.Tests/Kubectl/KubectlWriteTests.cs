using System.Text.Json.Nodes;
using Orrery.Resources.Apply;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Api.Tests.Kubectl;

/// <summary>Apply on the server, patches of every kind, dry runs, diff and edit, with the real program.</summary>
public sealed class KubectlWriteTests
{
    private const string Manifest = """
        apiVersion: orrery.dev/v1alpha1
        kind: InferenceService
        metadata:
          name: stories
          labels:
            team: blue
        spec:
          model:
            name: stories
          engine:
            minReplicas: 1
        """;

    public static TheoryData<string> Programs => ["kubectl.1.33", "kubectl.1.27"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Apply_on_the_server_conflicts_until_it_is_forced(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = KubectlProgram.Find(program, home, api);
        await WriteAsync(home, Manifest);

        Assert.Equal("inferenceservice.orrery.dev/stories serverside-applied\n", await kubectl.SucceedsAsync("apply", "--server-side", "-f", "service.yaml"));
        await WriteAsync(home, Manifest.Replace("minReplicas: 1", "minReplicas: 2", StringComparison.Ordinal));
        var refused = await kubectl.RunAsync("apply", "--server-side", "--field-manager=other", "-f", "service.yaml");
        await kubectl.SucceedsAsync("apply", "--server-side", "--field-manager=other", "--force-conflicts", "-f", "service.yaml");
        string shown = await kubectl.SucceedsAsync("get", "isvc", "stories", "-o", "json", "--show-managed-fields");

        Assert.Equal(1, refused.Code);
        Assert.Contains("Apply failed with 1 conflict: conflict with \"kubectl\": .spec.engine.minReplicas", refused.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await api.Store.GetAsync<InferenceService>("default", "stories", Ct))!.Spec.Engine!.MinReplicas);
        Assert.Equal(["kubectl", "other"], ManagedFields.Read(JsonNode.Parse(shown)!["metadata"]!["managedFields"])!.Entries.Select(e => e.Id.Manager).Order());
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Apply_goes_over_to_the_server_and_fields_still_go(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = KubectlProgram.Find(program, home, api);
        await WriteAsync(home, Manifest);
        await kubectl.SucceedsAsync("apply", "-f", "service.yaml");

        await WriteAsync(home, Manifest.Replace("minReplicas: 1", "maxReplicas: 3", StringComparison.Ordinal));
        await kubectl.SucceedsAsync("apply", "--server-side", "-f", "service.yaml");
        var first = await api.Store.GetAsync(InferenceService.Kind.Key("default", "stories"), Ct);
        await kubectl.SucceedsAsync("apply", "--server-side", "-f", "service.yaml");
        var second = await api.Store.GetAsync(InferenceService.Kind.Key("default", "stories"), Ct);

        Assert.Equal((null, 3), (first!.As<InferenceService>().Spec.Engine!.MinReplicas, first.As<InferenceService>().Spec.Engine!.MaxReplicas));
        Assert.Equal(first.Metadata.ResourceVersion, second!.Metadata.ResourceVersion);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Patches_of_every_kind(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = KubectlProgram.Find(program, home, api);
        await WriteAsync(home, Manifest);
        await kubectl.SucceedsAsync("create", "-f", "service.yaml");
        await File.WriteAllTextAsync(home.File("secret.json"), """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"token"},"data":{"a":"MQ=="}}""", Ct);
        await kubectl.SucceedsAsync("create", "-f", "secret.json");

        await kubectl.SucceedsAsync("patch", "isvc", "stories", "--type", "json", "-p", """[{"op":"replace","path":"/spec/engine/minReplicas","value":2},{"op":"remove","path":"/metadata/labels/team"}]""");
        await kubectl.SucceedsAsync("patch", "isvc", "stories", "--type", "merge", "-p", """{"spec":{"engine":{"maxReplicas":4}}}""");
        await kubectl.SucceedsAsync("patch", "secret", "token", "-p", """{"metadata":{"finalizers":["a.dev/x"]},"data":{"b":"Mg=="}}""");
        await kubectl.SucceedsAsync("patch", "secret", "token", "-p", """{"metadata":{"$deleteFromPrimitiveList/finalizers":["a.dev/x"]},"data":{"$patch":"replace","c":"Mw=="}}""");

        var service = await api.Store.GetAsync<InferenceService>("default", "stories", Ct);
        Assert.Equal((2, 4), (service!.Spec.Engine!.MinReplicas, service.Spec.Engine.MaxReplicas));
        Assert.DoesNotContain("team", service.Metadata.Labels?.Keys ?? []);
        var secret = await api.Store.GetAsync<Secret>("default", "token", Ct);
        Assert.Equal(["c"], secret!.Data!.Keys);
        Assert.Empty(secret.Metadata.Finalizers ?? []);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task A_dry_run_on_the_server_and_a_diff_change_nothing(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = KubectlProgram.Find(program, home, api);
        await WriteAsync(home, Manifest);

        Assert.Equal("inferenceservice.orrery.dev/stories created (server dry run)\n", await kubectl.SucceedsAsync("apply", "--dry-run=server", "-f", "service.yaml"));
        Assert.Equal(1, (await kubectl.RunAsync("diff", "-f", "service.yaml")).Code);
        Assert.Null(await api.Store.GetAsync(InferenceService.Kind.Key("default", "stories"), Ct));
        await kubectl.SucceedsAsync("apply", "-f", "service.yaml");
        Assert.Equal("", await kubectl.SucceedsAsync("diff", "-f", "service.yaml"));
        await WriteAsync(home, Manifest.Replace("minReplicas: 1", "minReplicas: 7", StringComparison.Ordinal));
        var before = await api.Store.GetAsync(InferenceService.Kind.Key("default", "stories"), Ct);

        var diff = await kubectl.RunAsync("diff", "-f", "service.yaml");
        var serverSide = await kubectl.RunAsync("diff", "--server-side", "--force-conflicts", "-f", "service.yaml");
        await kubectl.SucceedsAsync("apply", "--dry-run=server", "-f", "service.yaml");
        await kubectl.SucceedsAsync("delete", "--dry-run=server", "isvc", "stories");

        Assert.True(diff.Code == 1 && diff.Output.Contains("+    minReplicas: 7", StringComparison.Ordinal), diff.ToString());
        Assert.True(serverSide.Code == 1 && serverSide.Output.Contains("+    minReplicas: 7", StringComparison.Ordinal), serverSide.ToString());
        Assert.Equal(before!.Utf8.ToArray(), (await api.Store.GetAsync(before.Key, Ct))!.Utf8.ToArray());
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Edit_writes_what_the_editor_leaves(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = KubectlProgram.Find(program, home, api);
        await api.CreateAsync("stories");

        await File.WriteAllTextAsync(home.File("edit.sh"), "sed -i 's/^    name: stories$/    name: other/' \"$1\"\n", Ct);
        kubectl.Environment["KUBE_EDITOR"] = $"sh {home.File("edit.sh")}";
        await kubectl.SucceedsAsync("edit", "isvc", "stories");

        Assert.Equal("other", (await api.Store.GetAsync<InferenceService>("default", "stories", Ct))!.Spec.Model!.Name);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Secrets_and_namespaces_are_created_by_name(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = KubectlProgram.Find(program, home, api);

        await kubectl.SucceedsAsync("create", "namespace", "team");
        await kubectl.SucceedsAsync("create", "secret", "generic", "token", "-n", "team", "--from-literal=a=1", "--from-literal=empty=");
        string dry = await kubectl.SucceedsAsync("create", "secret", "generic", "other", "-n", "team", "--from-literal=a=1", "--dry-run=server", "-o", "name");

        var secret = Assert.Single(await api.Store.ListAsync<Secret>(null, Ct));
        Assert.Equal(("team", "token", "Opaque"), (secret.Metadata.Namespace, secret.Metadata.Name, secret.Type));
        Assert.Equal([("a", "MQ=="), ("empty", "")], secret.Data!.Select(d => (d.Key, d.Value)).Order());
        Assert.Equal("secret/other\n", dry);
    }

    private static Task WriteAsync(TempFolder home, string manifest) => File.WriteAllTextAsync(home.File("service.yaml"), manifest, Ct);
}
