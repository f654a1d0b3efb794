using Orrery.Control.Unattended;
using Orrery.Resources;
using Orrery.Resources.Accelerators;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources.Text;

namespace Orrery.Control.Tests.Unattended;

public sealed class UnattendedTests : IAsyncDisposable
{
    private readonly ManualTime _time = new();
    private readonly ResourceStore _store;

    public UnattendedTests() => _store = new ResourceStore(new MemoryChangeLog(), _time);

    public static TheoryData<string> Names => [.. UnattendedKinds.All.Select(k => k.Name)];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_object_that_nobody_acts_on_says_so_once(string name)
    {
        var document = await CreateAsync(name);
        var controller = new UnattendedController(_store, _time);

        await controller.ReconcileAsync(document.Key, Ct);
        var told = (await _store.GetAsync(document.Key, Ct))!;
        await controller.ReconcileAsync(document.Key, Ct);

        var condition = told.ToJson()["status"]!["conditions"]![0]!;
        Assert.Equal(("Accepted", "False", "NotImplemented"), ((string?)condition["type"], (string?)condition["status"], (string?)condition["reason"]));
        Assert.Contains(UnattendedKinds.WhatIsMissing(document.Kind), (string?)condition["message"]);
        Assert.Equal(1, (long?)condition["observedGeneration"]);
        Assert.Equal(1, (long?)told.ToJson()["status"]!["observedGeneration"]);
        Assert.Equal(told.Metadata.ResourceVersion, (await _store.GetAsync(document.Key, Ct))!.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_changed_object_hears_it_of_its_new_generation_and_keeps_the_time()
    {
        var document = await CreateAsync("Notebook");
        var controller = new UnattendedController(_store, _time);
        await controller.ReconcileAsync(document.Key, Ct);
        var before = (await _store.GetAsync(document.Key, Ct))!;

        _time.Advance(TimeSpan.FromMinutes(1));
        (await _store.UpdateAsync(before.Edit(json => json["spec"]!["stopped"] = true), Ct)).Stored();
        await controller.ReconcileAsync(document.Key, Ct);

        var status = (await _store.GetAsync(document.Key, Ct))!.ToJson()["status"]!;
        Assert.Equal(2, (long?)status["observedGeneration"]);
        Assert.Equal((string?)before.ToJson()["status"]!["conditions"]![0]!["lastTransitionTime"], (string?)status["conditions"]![0]!["lastTransitionTime"]);
    }

    [Fact]
    public void Every_kind_of_ours_has_a_controller_or_says_that_it_has_none()
    {
        // Models, weights, services and accelerator classes have controllers; serving runtimes are read by those of services.
        ResourceKind[] attended = [BaseModel.Kind, ClusterBaseModel.Kind, FineTunedWeight.Kind, ServingRuntime.Kind, ClusterServingRuntime.Kind, InferenceService.Kind, AcceleratorClass.Kind];

        Assert.Equal(
            Kinds.All.Where(k => k.Group == Kinds.Group).Except(attended).Select(k => k.Name).Order(),
            UnattendedKinds.All.Select(k => k.Name).Order());
    }

    private async Task<Document> CreateAsync(string name)
    {
        await _store.EnsureNamespaceAsync(Namespace.Default, Ct);
        var json = Yaml.ParseAll(await File.ReadAllTextAsync(Repository.File("tests", "Data", "Kinds", $"{name}.yaml"), Ct)).Single();
        json["apiVersion"] = $"{Kinds.Group}/{Kinds.Version}";
        json["metadata"]!["namespace"] = Namespace.Default;
        return (await _store.CreateAsync(Document.From(json), Ct)).Stored();
    }
}
