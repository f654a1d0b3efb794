using Orrery.Control.Models;
using static Orrery.ModelAgent.Tests.Arrivals.AgentUnderTest;

namespace Orrery.ModelAgent.Tests.Arrivals;

/// <summary>Contents that several models have, and what goes with one of them.</summary>
public sealed class SharingTests
{
    [Fact]
    public async Task The_same_content_is_fetched_once_whoever_wants_it_and_goes_with_the_last_who_has_it()
    {
        await using var test = await StartAsync();
        var files = Model();
        test.Hub.Commit("org/m", files);
        test.Hub.Commit("org/copy", new Dictionary<string, byte[]>(files) { ["config.json"] = [9] });

        await Task.WhenAll(test.HereAsync(Request()), test.HereAsync(Request("hf://org/copy", "copy")));
        long served = test.Hub.BytesServed;
        test.Agent.Forget(Request().Key);
        var copy = await test.HereAsync(Request("hf://org/copy", "copy"));
        var blobs = test.Files("blobs").ToList();
        long kept = new FileInfo(Path.Combine(copy.Path, "model.safetensors")).Length;
        test.Agent.Forget(Request(name: "copy").Key);

        Assert.InRange(served, 300_000, 300_100);
        Assert.Equal(300_000, kept);
        Assert.Equal(3, blobs.Count);
        Assert.Empty(test.Files("blobs"));
        Assert.Empty(test.Files("versions"));
    }

    [Fact]
    public async Task A_model_that_is_deleted_stops_its_download()
    {
        await using var test = await StartAsync();
        test.Hub.Commit("org/m", Model(1_000_000));
        await test.HoldsAsync(Request());

        test.Agent.Forget(Request().Key);

        await Eventually.TrueAsync(() => test.Hub.FilesAtOnce == 0, () => $"{test.Hub.FilesAtOnce} files are still being served");
        Assert.Empty(test.Files("versions"));
    }

    [Fact]
    public async Task What_a_deleted_model_had_of_its_files_goes_with_it()
    {
        await using var test = await StartAsync();
        test.Hub.Commit("org/m", Model(1_000_000));
        var gate = new SemaphoreSlim(45);
        test.Hub.Pace = gate.WaitAsync;
        test.Agent.Look(Request());
        await Eventually.TrueAsync(() => gate.CurrentCount == 0, () => $"{gate.CurrentCount} pieces left");

        test.Agent.Forget(Request().Key);

        await Eventually.TrueAsync(() => !test.Files("partial").Any() && !test.Files("blobs").Any(), () => string.Join(' ', test.Files("partial").Concat(test.Files("blobs"))));
    }

    [Fact]
    public async Task What_another_download_has_of_the_same_files_stays_when_a_model_is_deleted()
    {
        await using var test = await StartAsync();
        test.Hub.Commit("org/m", Model(1_000_000));
        test.Hub.Commit("org/copy", Model(1_000_000));
        var gate = new SemaphoreSlim(45);
        test.Hub.Pace = gate.WaitAsync;
        var copy = Request("hf://org/copy", "copy");
        test.Agent.Look(Request());
        test.Agent.Look(copy);
        await Eventually.TrueAsync(
            () => gate.CurrentCount == 0 && test.Agent.Look(copy) is ModelArrival.OnItsWay { Reason: "Downloading" }, () => $"{gate.CurrentCount} pieces left, {test.Agent.Look(copy)}");

        test.Agent.Forget(Request().Key);
        gate.Release(10_000);
        await test.HereAsync(copy);

        Assert.InRange(test.Hub.BytesServed, 1_000_000, 1_000_100 + (8 * (64 + 16) * 1024));
        Assert.Equal(3, test.Files("blobs").Count());
        // The deleted one may still be ending when the other has arrived.
        await Eventually.TrueAsync(() => !test.Files("partial").Any(), () => string.Join(' ', test.Files("partial")));
    }

    [Fact]
    public async Task What_would_come_free_is_what_nobody_shares_in_all_versions()
    {
        await using var test = await StartAsync();
        var files = Model();
        test.Hub.Commit("org/m", files);
        long alone = (await test.HereAsync(Request(version: "1"))).UnsharedBytes;
        test.Hub.Commit("org/m", Model(1000, seed: 2));
        long both = (await test.HereAsync(Request(version: "2"))).UnsharedBytes;
        test.Hub.Commit("org/copy", files);
        await test.HereAsync(Request("hf://org/copy", "copy"));
        long shared = Assert.IsType<ModelArrival.Here>(test.Agent.Look(Request(version: "2"))).UnsharedBytes;

        Assert.Equal((300_024L, 301_024L, 1_000L), (alone, both, shared));
    }
}
