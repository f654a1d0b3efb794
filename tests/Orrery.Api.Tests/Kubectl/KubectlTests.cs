using System.Text.Json.Nodes;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Api.Tests.Kubectl;

/// <summary>What people really type, with the real program. Each version that a machine has runs all of it.</summary>
public sealed class KubectlTests
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

    public static TheoryData<string> Programs => ["kubectl.1.33", "kubectl.1.27", "kubectl.1.20", "kubectl"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Create_get_in_every_format_and_delete(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = KubectlProgram.Find(program, home, api);
        await File.WriteAllTextAsync(home.File("service.yaml"), Manifest, Ct);

        Assert.Equal("inferenceservice.orrery.dev/stories created\n", await kubectl.SucceedsAsync("create", "-f", "service.yaml"));
        string table = await kubectl.SucceedsAsync("get", "isvc");
        string everywhere = await kubectl.SucceedsAsync("get", "inferenceservices.orrery.dev", "-A", "--show-labels");
        string yaml = await kubectl.SucceedsAsync("get", "isvc", "stories", "-o", "yaml");
        var json = JsonNode.Parse(await kubectl.SucceedsAsync("get", "isvc", "-o", "json"))!;
        string names = await kubectl.SucceedsAsync("get", "isvc", "-l", "team in (blue,green)", "-o", "name");
        string others = await kubectl.SucceedsAsync("get", "isvc", "-l", "team!=blue", "-o", "name");

        Assert.Matches(@"^NAME +MODEL +RUNTIME +REPLICAS +READY +REASON +AGE\nstories +stories +\d+s\n$", table);
        Assert.Matches(@"^NAMESPACE +NAME .*LABELS\ndefault +stories .*team=blue\n$", everywhere);
        Assert.Contains("  name: stories\n", yaml, StringComparison.Ordinal);
        Assert.Equal("stories", (string?)json["items"]![0]!["spec"]!["model"]!["name"]);
        Assert.Equal("inferenceservice.orrery.dev/stories\n", names);
        Assert.Equal("", others);

        Assert.Contains("deleted", await kubectl.SucceedsAsync("delete", "isvc", "stories"), StringComparison.Ordinal);
        Assert.Null(await api.Store.GetAsync(InferenceService.Kind.Key("default", "stories"), Ct));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Apply_creates_changes_and_removes_fields(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = KubectlProgram.Find(program, home, api);
        await File.WriteAllTextAsync(home.File("service.yaml"), Manifest, Ct);

        Assert.Equal("inferenceservice.orrery.dev/stories created\n", await kubectl.SucceedsAsync("apply", "-f", "service.yaml"));
        Assert.Equal("inferenceservice.orrery.dev/stories unchanged\n", await kubectl.SucceedsAsync("apply", "-f", "service.yaml"));
        await File.WriteAllTextAsync(home.File("service.yaml"), Manifest.Replace("minReplicas: 1", "maxReplicas: 3", StringComparison.Ordinal), Ct);
        Assert.Equal("inferenceservice.orrery.dev/stories configured\n", await kubectl.SucceedsAsync("apply", "-f", "service.yaml"));

        var stored = await api.Store.GetAsync<InferenceService>("default", "stories", Ct);
        Assert.Null(stored!.Spec.Engine!.MinReplicas);
        Assert.Equal(3, stored.Spec.Engine.MaxReplicas);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Replace_patch_label_and_annotate(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = await KubectlProgram.FindAsync(program, home, api, minor: 27);
        await File.WriteAllTextAsync(home.File("service.yaml"), Manifest, Ct);
        await kubectl.SucceedsAsync("create", "-f", "service.yaml");

        await File.WriteAllTextAsync(home.File("service.yaml"), Manifest.Replace("minReplicas: 1", "minReplicas: 2", StringComparison.Ordinal), Ct);
        await kubectl.SucceedsAsync("replace", "-f", "service.yaml");
        await kubectl.SucceedsAsync("patch", "isvc", "stories", "--type", "merge", "-p", """{"spec":{"engine":{"maxReplicas":4}}}""");
        await kubectl.SucceedsAsync("patch", "isvc", "stories", "--type", "merge", "--subresource", "status", "-p", """{"status":{"runtime":"tiny"}}""");
        await kubectl.SucceedsAsync("wait", "isvc/stories", "--for=jsonpath={.status.runtime}=tiny", "--timeout=30s");
        await kubectl.SucceedsAsync("label", "isvc", "stories", "team=green", "--overwrite");
        await kubectl.SucceedsAsync("annotate", "isvc", "stories", "why=because");

        var stored = await api.Store.GetAsync<InferenceService>("default", "stories", Ct);
        Assert.Equal((2, 4), (stored!.Spec.Engine!.MinReplicas, stored.Spec.Engine.MaxReplicas));
        Assert.Equal("tiny", stored.Status!.Runtime);
        Assert.Equal("green", stored.Metadata.Labels!["team"]);
        Assert.Equal("because", stored.Metadata.Annotations!["why"]);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Secrets_and_namespaces_are_created_and_applied_over(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = KubectlProgram.Find(program, home, api);
        string secret = """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"token"},"data":{"a":"MQ==","b":"Mg=="}}""";

        await File.WriteAllTextAsync(home.File("team.json"), """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"team"}}""", Ct);
        await kubectl.SucceedsAsync("create", "-f", "team.json");
        await File.WriteAllTextAsync(home.File("secret.json"), secret, Ct);
        await kubectl.SucceedsAsync("apply", "-f", "secret.json", "-n", "team");
        await File.WriteAllTextAsync(home.File("secret.json"), secret.Replace("\"b\"", "\"c\"", StringComparison.Ordinal), Ct);
        await kubectl.SucceedsAsync("apply", "-f", "secret.json", "-n", "team");

        Assert.Equal(["a", "c"], (await api.Store.GetAsync<Secret>("team", "token", Ct))!.Data!.Keys.Order());
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Watch_prints_a_row_per_change(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = KubectlProgram.Find(program, home, api);
        await api.CreateAsync("first");

        using var watch = kubectl.Start("get", "isvc", "-w", "--request-timeout=50s");
        try
        {
            Assert.StartsWith("NAME", await LineAsync(watch), StringComparison.Ordinal);
            Assert.StartsWith("first ", await LineAsync(watch), StringComparison.Ordinal);
            await api.CreateAsync("second");
            Assert.StartsWith("second ", await LineAsync(watch), StringComparison.Ordinal);
            await api.Store.DeleteAsync(InferenceService.Kind.Key("default", "first"), Preconditions.None, Ct);
            Assert.StartsWith("first ", await LineAsync(watch), StringComparison.Ordinal);
        }
        finally
        {
            watch.Kill();
            await watch.WaitForExitAsync(Ct);
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Mistakes_are_told_in_words_that_help(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = await KubectlProgram.FindAsync(program, home, api, minor: 27);
        await File.WriteAllTextAsync(home.File("service.yaml"), Manifest, Ct);
        await File.WriteAllTextAsync(home.File("typo.yaml"), Manifest.Replace("minReplicas", "minReplica", StringComparison.Ordinal), Ct);
        await File.WriteAllTextAsync(home.File("invalid.yaml"), Manifest.Replace("minReplicas: 1", "minReplicas: -1", StringComparison.Ordinal), Ct);
        await kubectl.SucceedsAsync("create", "-f", "service.yaml");

        await FailsAsync(kubectl, "inferenceservices.orrery.dev \"absent\" not found", "get", "isvc", "absent");
        await FailsAsync(kubectl, "inferenceservices.orrery.dev \"stories\" already exists", "create", "-f", "service.yaml");
        await FailsAsync(kubectl, "unknown field \"spec.engine.minReplica\"", "apply", "-f", "typo.yaml");
        await FailsAsync(kubectl, "spec.engine.minReplicas", "apply", "-f", "invalid.yaml");
        await FailsAsync(kubectl, "there is nothing to remove", "patch", "isvc", "stories", "--type", "json", "-p", """[{"op":"remove","path":"/spec/absent"}]""");
        await FailsAsync(kubectl, "testing value failed", "patch", "isvc", "stories", "--type", "json", "-p", """[{"op":"test","path":"/metadata/name","value":"other"}]""");
        await FailsAsync(kubectl, "application/merge-patch+json", "patch", "isvc", "stories", "--type", "strategic", "-p", "{}");
        await FailsAsync(kubectl, "namespaces \"nowhere\" not found", "create", "-f", "service.yaml", "-n", "nowhere");
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Discovery_explain_describe_and_events(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = await KubectlProgram.FindAsync(program, home, api, minor: 27);
        await api.CreateAsync("stories");

        string kinds = await kubectl.SucceedsAsync("api-resources");
        string fields = await kubectl.SucceedsAsync("explain", "isvc.spec.engine.minReplicas");
        string description = await kubectl.SucceedsAsync("describe", "isvc", "stories");
        string models = await kubectl.SucceedsAsync("get", "models,isvc,secrets,namespaces,events,endpointslices");

        Assert.Matches(@"inferenceservices +isvc +orrery\.dev/v1alpha1 +true +InferenceService", kinds);
        Assert.Contains("integer", fields, StringComparison.Ordinal);
        Assert.Contains("Model:", description, StringComparison.Ordinal);
        Assert.Contains("inferenceservice.orrery.dev/stories", models, StringComparison.Ordinal);
    }

    private static async Task FailsAsync(KubectlProgram kubectl, string because, params string[] arguments)
    {
        var run = await kubectl.RunAsync(arguments);
        Assert.True(run.Code != 0 && run.Error.Contains(because, StringComparison.Ordinal), $"kubectl {string.Join(' ', arguments)}: expected '{because}', got {run}");
    }

    private static async Task<string> LineAsync(System.Diagnostics.Process process)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        bound.CancelAfter(TimeSpan.FromSeconds(30));
        return await process.StandardOutput.ReadLineAsync(bound.Token)
            ?? throw new InvalidOperationException($"kubectl ended: {await process.StandardError.ReadToEndAsync(bound.Token)}");
    }
}
