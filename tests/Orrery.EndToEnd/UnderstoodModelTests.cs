using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>Models whose manifests say only where they lie.</summary>
public sealed class UnderstoodModelTests(SharedUp shared) : IDisposable
{
    private readonly UpProcess _up = shared.Up;
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_embedding_model_that_nobody_called_so_gets_ready_and_answers()
    {
        string manifest = _folder.File("bert.yaml");
        await File.WriteAllTextAsync(
            manifest,
            $$"""
            apiVersion: orrery.dev/v1alpha1
            kind: BaseModel
            metadata: {name: bert}
            spec: {storage: {storageUri: "file://{{Repository.File("tests", "Data", "architectures", "bert", "bert.gguf")}}"} }
            ---
            apiVersion: orrery.dev/v1alpha1
            kind: InferenceService
            metadata: {name: bert}
            spec: {model: {name: bert}, engine: {minReplicas: 1} }
            """,
            Ct);
        await _up.OrreryOutputAsync("apply", "-f", manifest);
        await _up.OrreryOutputAsync("wait", "isvc/bert", "--for=condition=Ready", "--timeout=60s");

        using var client = _up.Client();
        using var answer = await client.PostAsJsonAsync("/v1/embeddings", new JsonObject { ["model"] = "bert", ["input"] = "the one" }, Ct);
        string json = await _up.OrreryOutputAsync("models", "inspect", "bert", "-o", "json");
        string status = await _up.OrreryOutputAsync("get", "basemodel/bert", "-o", "jsonpath={.status.capabilities[0]}");
        await _up.OrreryOutputAsync("delete", "-f", manifest);
        var none = await _up.OrreryAsync("models", "inspect", "none");

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal("EMBEDDING", (string?)JsonNode.Parse(json)!["capabilities"]![0]);
        Assert.Equal("EMBEDDING", status);
        Assert.Equal(1, none.Code);
        Assert.Contains("There is no model 'none', nor a file of that name.", none.Errors, StringComparison.Ordinal);
    }
}
