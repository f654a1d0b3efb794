using System.Text.Json.Nodes;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Resources.Tests.Standard;

public sealed class CoreKindTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ConfigMap", """{"data":{"a.properties":"x","_B-1":""},"binaryData":{"c":"AP8="}}""", "")]
    [InlineData("ConfigMap", """{"data":{"a b":"x"}}""", "data[a b]")]
    [InlineData("ConfigMap", """{"data":{"..":"x"}}""", "data[..]")]
    [InlineData("ConfigMap", """{"data":{"":"x"}}""", "data[]")]
    [InlineData("ConfigMap", """{"data":{"a":"x"},"binaryData":{"a":""}}""", "data[a]: stands in binaryData too")]
    [InlineData("ConfigMap", """{"binaryData":{"a":"no base64"}}""", "binaryData[a]: must be base64")]
    [InlineData("ConfigMap", """{"data":{"a":1}}""", "data.a")]
    [InlineData("Secret", """{"data":{"a":"no base64"}}""", "data[a]: must be base64")]
    [InlineData("Secret", """{"data":{"a/b":""}}""", "data[a/b]")]
    [InlineData("Secret", """{"type":"kubernetes.io/tls","data":{"tls.crt":""}}""", "data[tls.key]: must be set")]
    [InlineData("Secret", """{"type":"kubernetes.io/tls","stringData":{"tls.crt":"","tls.key":""}}""", "")]
    [InlineData("Secret", """{"type":"kubernetes.io/basic-auth"}""", "'username' or 'password'")]
    [InlineData("Secret", """{"type":"kubernetes.io/basic-auth","stringData":{"password":"x"}}""", "")]
    [InlineData("Secret", """{"type":"kubernetes.io/ssh-auth"}""", "data[ssh-privatekey]")]
    [InlineData("Secret", """{"type":"kubernetes.io/dockerconfigjson","stringData":{".dockerconfigjson":"{"}}""", "data[.dockerconfigjson]: must be JSON")]
    [InlineData("Secret", """{"type":"kubernetes.io/dockerconfigjson","stringData":{".dockerconfigjson":"{}"}}""", "")]
    [InlineData("Event", """{"involvedObject":{"namespace":"other"}}""", "involvedObject.namespace")]
    [InlineData("Event", """{"involvedObject":{"kind":"Node"}}""", "")]
    public async Task What_kubernetes_refuses_is_refused_with_the_key(string kind, string fields, string expected)
    {
        await using var store = await StartAsync();

        var outcome = await store.CreateAsync(Of(kind, fields), Ct);

        if (expected.Length == 0)
            Assert.IsType<WriteOutcome.Done>(outcome);
        else
            Assert.Contains(Assert.IsType<WriteOutcome.Invalid>(outcome).Problems, p => p.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ConfigMap", "data")]
    [InlineData("Secret", "stringData")]
    public async Task More_than_a_mebibyte_is_refused(string kind, string field)
    {
        await using var store = await StartAsync();
        string half = new('x', 600_000);

        var outcome = await store.CreateAsync(Of(kind, $$$"""{"{{{field}}}":{"a":"{{{half}}}","b":"{{{half}}}"}}"""), Ct);

        Assert.StartsWith("data: holds 1200000 bytes; 1048576", Assert.Single(Assert.IsType<WriteOutcome.Invalid>(outcome).Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ConfigMap", """{"data":{"a":"other"},"immutable":true}""", "data: field is immutable")]
    [InlineData("ConfigMap", """{"data":{"a":"x"}}""", "immutable: cannot be unset")]
    [InlineData("ConfigMap", """{"data":{"a":"x"},"binaryData":{"b":""},"immutable":true}""", "binaryData: field is immutable")]
    [InlineData("ConfigMap", """{"data":{"a":"x"},"immutable":true}""", "")]
    [InlineData("Secret", """{"data":{"a":"AA=="},"immutable":true}""", "data: field is immutable")]
    [InlineData("Secret", """{"data":{"a":"x"},"immutable":true,"type":"other"}""", "type: 'other' was 'Opaque'")]
    public async Task An_immutable_object_keeps_its_values_and_its_mark(string kind, string changed, string expected)
    {
        await using var store = await StartAsync();
        string value = kind == "Secret" ? "eA==" : "x";
        var stored = (await store.CreateAsync(Of(kind, $$$"""{"data":{"a":"{{{value}}}"},"immutable":true}"""), Ct)).Stored();

        var outcome = await store.UpdateAsync(
            stored.Edit(json =>
            {
                foreach (string field in (string[])["data", "binaryData", "immutable"])
                    json.Remove(field);
                foreach (var (name, node) in JsonNode.Parse(changed.Replace("\"x\"", $"\"{value}\"", StringComparison.Ordinal))!.AsObject())
                    json[name] = node?.DeepClone();
                json["metadata"]!["labels"] = new JsonObject { ["team"] = "blue" };
            }),
            Ct);

        if (expected.Length == 0)
            Assert.IsType<WriteOutcome.Done>(outcome);
        else
            Assert.Contains(Assert.IsType<WriteOutcome.Invalid>(outcome).Problems, p => p.StartsWith(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ConfigMap", """{"data":{"a":"x"},"binaryData":{"b":""}}""", "Name=x Data=2")]
    [InlineData("Secret", """{"type":"t","data":{"b":""}}""", "Name=x Type=t Data=1")]
    [InlineData("Namespace", "{}", "Name=x Status=Active")]
    [InlineData("Event", """{"type":"Normal","reason":"Because","message":"m","involvedObject":{"kind":"Pod","name":"p"},"eventTime":"2026-01-31T12:00:00Z"}""",
        "Last Seen=2026-01-31T12:00:00Z Type=Normal Reason=Because Object=pod/p Message=m")]
    [InlineData("Node", """{"status":{"conditions":[{"type":"Ready","status":"True"}],"nodeInfo":{"kubeletVersion":"v1"}}}""", "Name=x Status=Ready Roles=<none> Version=v1")]
    public void Columns_are_those_of_kubectl(string kind, string fields, string expected)
    {
        var document = Of(kind, fields);

        var cells = document.Kind.Printed.Where(c => c.Priority == 0 && c.Name != "Age").Select(c => $"{c.Name}={c.Text(document.ToJson())}");

        Assert.Equal(expected, string.Join(' ', cells));
    }

    private static async Task<ResourceStore> StartAsync()
    {
        var store = new ResourceStore(new MemoryChangeLog(), TimeProvider.System);
        await store.EnsureNamespaceAsync(Namespace.Default, Ct);
        return store;
    }

    private static Document Of(string kind, string fields)
    {
        var json = JsonNode.Parse(fields)!.AsObject();
        json["apiVersion"] = "v1";
        json["kind"] = kind;
        json["metadata"] = new JsonObject { ["name"] = "x", ["namespace"] = "default" };
        return Document.From(json);
    }
}
