using System.Text.Json.Nodes;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Api.Tests.Kubectl;

/// <summary>Lists in chunks, deletion with its policies, scale and documentation, by the real program.</summary>
public sealed class KubectlReadTests
{
    public static TheoryData<string> Programs => KubectlTests.Programs;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Lists_come_in_chunks_and_wide(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = KubectlProgram.Find(program, home, api);
        foreach (string name in (string[])["a", "b", "c", "d", "e"])
            await api.CreateAsync(name, new Dictionary<string, string> { ["size"] = $"{name[0] - 'a'}" });

        string table = await kubectl.SucceedsAsync("get", "isvc", "--chunk-size=2", "--no-headers");
        string names = await kubectl.SucceedsAsync("get", "isvc", "--chunk-size=2", "-o", "name");
        string wide = await kubectl.SucceedsAsync("get", "isvc", "-o", "wide", "--field-selector=metadata.name=c");
        string selected = await kubectl.SucceedsAsync("get", "isvc", "-o", "name", "-l", "size notin (0,1),!absent,size");

        Assert.Equal(["a", "b", "c", "d", "e"], table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[0]));
        Assert.Equal(5, names.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Matches(@"^NAME .* URL +REVISION +AGE *\nc ", wide);
        Assert.Equal("inferenceservice.orrery.dev/c\ninferenceservice.orrery.dev/d\ninferenceservice.orrery.dev/e\n", selected);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Scale_sets_the_replicas_that_always_run(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = KubectlProgram.Find(program, home, api);
        await api.CreateAsync("stories");

        await kubectl.SucceedsAsync("scale", "isvc/stories", "--replicas=2");
        Assert.Equal(2, (await api.Store.GetAsync<InferenceService>("default", "stories", Ct))!.Spec.Engine!.MinReplicas);
        await kubectl.SucceedsAsync("scale", "isvc/stories", "--current-replicas=2", "--replicas=0");
        Assert.Equal(0, (await api.Store.GetAsync<InferenceService>("default", "stories", Ct))!.Spec.Engine!.MinReplicas);
        Assert.Contains("Expected replicas", (await kubectl.RunAsync("scale", "isvc/stories", "--current-replicas=2", "--replicas=5")).Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Deletes_cascade_as_asked(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = KubectlProgram.Find(program, home, api);
        foreach (var (policy, stays) in new[] { ("orphan", true), ("background", false), ("foreground", false) })
        {
            var owner = await api.CreateAsync("owner");
            var owned = Document.From(new Secret { Metadata = new Metadata { Name = $"owned-{policy}", Namespace = "default" } });
            owned = (await api.Store.CreateAsync(owned.Edit(json => json["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] = owner.Kind.ApiVersion,
                ["kind"] = owner.Kind.Name,
                ["name"] = "owner",
                ["uid"] = owner.Metadata.Uid,
                ["blockOwnerDeletion"] = true,
            })), Ct)).Stored();

            await kubectl.SucceedsAsync("delete", "isvc", "owner", $"--cascade={policy}");

            Assert.Null(await api.Store.GetAsync(owner.Key, Ct));
            Assert.Equal(stays, await api.Store.GetAsync(owned.Key, Ct) is not null);
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Deletes_go_by_label_and_for_all(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = KubectlProgram.Find(program, home, api);
        foreach (var (name, team) in new[] { ("a", "blue"), ("b", "red"), ("c", "blue") })
            await api.CreateAsync(name, new Dictionary<string, string> { ["team"] = team });

        await kubectl.SucceedsAsync("delete", "isvc", "-l", "team=blue");
        Assert.Equal("b", Assert.Single((await api.Store.ListAsync(InferenceService.Kind, null, Ct)).Items).Metadata.Name);
        await kubectl.SucceedsAsync("delete", "isvc", "--all");
        Assert.Empty((await api.Store.ListAsync(InferenceService.Kind, null, Ct)).Items);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Every_version_explains_and_checks_fields(string program)
    {
        await using var api = await TestApi.StartAsync();
        using var home = new TempFolder();
        var kubectl = KubectlProgram.Find(program, home, api);
        await File.WriteAllTextAsync(home.File("typo.yaml"), TestApi.Json("stories", """{"model":{"name":"m"},"engine":{"minReplica":1}}"""), Ct);
        await File.WriteAllTextAsync(home.File("good.yaml"), TestApi.Json("stories"), Ct);

        Assert.Contains("integer", await kubectl.SucceedsAsync("explain", "isvc.spec.engine.minReplicas"), StringComparison.Ordinal);
        var typo = await kubectl.RunAsync("apply", "-f", "typo.yaml");
        Assert.True(typo.Code != 0 && typo.Error.Contains("minReplica", StringComparison.Ordinal), $"{typo}");
        await kubectl.SucceedsAsync("apply", "-f", "good.yaml");
        Assert.Contains("inferenceservices", await kubectl.SucceedsAsync("api-resources", "--verbs=deletecollection", "-o", "name"), StringComparison.Ordinal);
    }
}
