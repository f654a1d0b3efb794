using System.Text;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;

namespace Orrery.Api.Tests.Objects;

/// <summary>Damaged patches of every kind: done or refused with a 4xx, and never a fault.</summary>
public sealed class HostilePatchTests
{
    private const int Rounds = 150;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> Patches => new()
    {
        { "application/json-patch+json", "inferenceservices", """[{"op":"test","path":"/spec/model/name","value":"stories"},{"op":"add","path":"/spec/engine","value":{"minReplicas":1}},{"op":"copy","from":"/spec/engine","path":"/metadata/x"},{"op":"move","from":"/metadata/x","path":"/spec/router"},{"op":"remove","path":"/spec/router"}]""" },
        { "application/merge-patch+json", "inferenceservices", """{"metadata":{"labels":{"a":"b"},"finalizers":["a.dev/x"]},"spec":{"engine":{"minReplicas":2,"labels":null}}}""" },
        { "application/apply-patch+yaml", "inferenceservices", """{"apiVersion":"orrery.dev/v1alpha1","kind":"InferenceService","metadata":{"name":"stories","finalizers":["a.dev/x"],"ownerReferences":[{"uid":"1","name":"x","kind":"Secret","apiVersion":"v1"}]},"spec":{"engine":{"minReplicas":2,"affinity":{"a":[1]}}}}""" },
        { "application/merge-patch+json", "inferenceservices", """{"metadata":{"managedFields":[{"manager":"x","operation":"Apply","apiVersion":"orrery.dev/v1alpha1","time":"2026-01-01T00:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:spec":{"f:model":{".":{},"f:name":{}},"k:{\"a\":1}":{},"v:1":{}}}}]}}""" },
        { "application/strategic-merge-patch+json", "secrets", """{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"],"$setElementOrder/finalizers":["b","a"],"finalizers":["b.dev/y"],"ownerReferences":[{"$patch":"delete","uid":"1"}]},"data":{"$patch":"replace","$retainKeys":["a"],"a":"MQ=="}}""" },
    };

    [Theory]
    [MemberData(nameof(Patches))]
    public async Task A_damaged_patch_is_done_or_refused(string type, string plural, string sound)
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("stories");
        await api.SendAsync("POST", "/api/v1/namespaces/default/secrets", """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"stories"}}""");
        string path = plural == "secrets" ? "/api/v1/namespaces/default/secrets/stories" : $"{TestApi.Services}/stories";
        var key = (plural == "secrets" ? Secret.Kind : InferenceService.Kind).Key("default", "stories");
        var random = new Random(7);
        for (int i = 0; i < Rounds; i++)
        {
            byte[] damaged = Mutations.Of(Encoding.UTF8.GetBytes(sound), random);
            string before = (await api.Store.GetAsync(key, Ct))!.Metadata.ResourceVersion!;

            var (code, body) = await api.SendAsync("PATCH", $"{path}?fieldManager=fuzz{i % 20}", damaged, type);

            Assert.True(code is 200 or 400 or 409 or 413 or 422, $"{i}: {code} {body} for {Encoding.UTF8.GetString(damaged)}");
            var after = (await api.Store.GetAsync(key, Ct))!;
            Assert.True(code == 200 || before == after.Metadata.ResourceVersion, $"{i}: {code}, and yet it changed");
            Assert.Empty(after.Kind.Problems(after));
        }
    }
}
