using Orrery.Cli.Up;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Store;

namespace Orrery.Cli.Tests;

public sealed class SeedTests : IAsyncDisposable
{
    private readonly ResourceStore _store = new(new MemoryChangeLog(), TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task An_empty_home_gets_a_runtime_a_model_and_a_service()
    {
        Assert.Equal("planets", await Seed.PlantAsync(_store, null, Ct));

        Assert.NotNull(await _store.GetAsync<ClusterServingRuntime>("", "orrery", Ct));
        Assert.NotNull(await _store.GetAsync<ClusterBaseModel>("", "planets", Ct));
        Assert.Equal("planets", (await _store.GetAsync<InferenceService>("default", "planets", Ct))!.Spec.Model!.Name);
    }

    [Fact]
    public async Task What_a_model_can_do_is_left_to_its_files()
    {
        string ranker = Path.Combine(Directory.CreateTempSubdirectory("ranker").FullName, "bge-reranker");
        Directory.CreateDirectory(ranker);
        await File.WriteAllTextAsync(Path.Combine(ranker, "config.json"), """{"architectures": ["XLMRobertaForSequenceClassification"], "model_type": "xlm-roberta", "num_labels": 1}""", Ct);

        await Seed.PlantAsync(_store, null, Ct);
        await Seed.PlantAsync(_store, ranker, Ct);

        Assert.Null((await _store.GetAsync<ClusterBaseModel>("", "planets", Ct))!.Spec.ModelCapabilities);
        Assert.Null((await _store.GetAsync<ClusterBaseModel>("", "bge-reranker", Ct))!.Spec.ModelCapabilities);
        Directory.Delete(Path.GetDirectoryName(ranker)!, recursive: true);
    }

    [Fact]
    public async Task What_a_user_deleted_or_changed_stays_so_and_an_unchanged_home_is_not_written_to()
    {
        await Seed.PlantAsync(_store, null, Ct);
        var key = InferenceService.Kind.Key("default", "planets");
        var service = (await _store.GetAsync(key, Ct))!;
        (await _store.UpdateAsync(service.Edit(j => j["spec"]!["engine"]!["minReplicas"] = 3), Ct)).Stored();
        string before = (await _store.ListAsync(InferenceService.Kind, null, Ct)).ResourceVersion;
        await Seed.PlantAsync(_store, null, Ct);
        string unchanged = (await _store.ListAsync(InferenceService.Kind, null, Ct)).ResourceVersion;
        int? replicas = (await _store.GetAsync<InferenceService>("default", "planets", Ct))!.Spec.Engine!.MinReplicas;
        (await _store.DeleteAsync(key, Preconditions.None, Ct)).Stored();
        (await _store.DeleteAsync(ClusterBaseModel.Kind.Key("planets"), Preconditions.None, Ct)).Stored();

        await Seed.PlantAsync(_store, null, Ct);

        Assert.Equal(before, unchanged);
        Assert.Equal(3, replicas);
        Assert.Null(await _store.GetAsync(key, Ct));
        Assert.Null(await _store.GetAsync(ClusterBaseModel.Kind.Key("planets"), Ct));
    }

    [Theory]
    [InlineData("/m/My Model.Q8_0.gguf", "my-model.q8-0")]
    [InlineData("a.gguf", "a")]
    [InlineData("/m/...gguf", "model")]
    [InlineData("/m/käse.gguf", "k-se")]
    public void A_file_gives_its_model_a_name(string path, string name) => Assert.Equal(name, Seed.NameOf(path));
}
