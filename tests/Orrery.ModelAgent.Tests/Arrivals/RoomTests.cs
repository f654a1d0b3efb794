using Orrery.Control.Models;
using static Orrery.ModelAgent.Tests.Arrivals.AgentUnderTest;

namespace Orrery.ModelAgent.Tests.Arrivals;

/// <summary>Room on the disk and in the budget: who gets it, and what goes for it.</summary>
public sealed class RoomTests
{
    [Fact]
    public async Task Room_is_made_by_removing_what_was_used_longest_ago_and_is_neither_used_nor_pinned()
    {
        await using var test = await StartAsync(o => o with { MaxBytes = 350_000 }, manualTime: true);
        test.CommitEach(100_000, "a", "b", "c", "d");
        var pinned = RequestOf("a", wishes: new ModelWishes(Pinned: true));
        var used = RequestOf("b", inUse: true);
        foreach (var request in (ModelRequest[])[pinned, used, RequestOf("c")])
        {
            await test.HereAsync(request);
            test.Time!.Advance(TimeSpan.FromMinutes(1));
        }

        await test.HereAsync(RequestOf("d"));
        var evicted = Assert.IsType<ModelArrival.Absent>(test.Agent.Look(RequestOf("c")));
        Assert.IsType<ModelArrival.Here>(test.Agent.Look(pinned));
        Assert.IsType<ModelArrival.Here>(test.Agent.Look(used));
        var wanted = await test.HereAsync(RequestOf("c", inUse: true));

        Assert.Equal("Evicted", evicted.Reason);
        Assert.True(Directory.Exists(wanted.Path));
        Assert.IsType<ModelArrival.Absent>(test.Agent.Look(RequestOf("d")));
    }

    [Fact]
    public async Task An_earlier_version_that_may_still_be_served_does_not_make_room_for_the_next()
    {
        await using var test = await StartAsync(o => o with { MaxBytes = 150_000 });
        test.Hub.Commit("org/m", Model(100_000, seed: 1));
        var first = await test.HereAsync(Request(version: "1", inUse: true));
        test.Hub.Commit("org/m", Model(100_000, seed: 2));

        Assert.Equal("InsufficientDisk", (await test.FailedAsync(Request(version: "2", inUse: true))).Reason);
        Assert.True(File.Exists(Path.Combine(first.Path, "model.safetensors")));
    }

    [Fact]
    public async Task What_a_download_builds_on_is_not_removed_to_make_room_for_it()
    {
        await using var test = await StartAsync(o => o with { MaxBytes = 250_000 }, manualTime: true);
        var shared = Model(100_000, seed: 1);
        test.Hub.Commit("org/a", shared);
        test.CommitEach(100_000, "b");
        test.Hub.Commit("org/c", new Dictionary<string, byte[]>(shared) { ["extra.safetensors"] = [], ["extra.json"] = Bytes(80_000) });
        foreach (string name in (string[])["a", "b"])
        {
            await test.HereAsync(RequestOf(name));
            test.Time!.Advance(TimeSpan.FromMinutes(1));
        }
        long served = test.Hub.BytesServed;

        await test.HereAsync(RequestOf("c"));

        Assert.Equal(80_000, test.Hub.BytesServed - served);
        Assert.IsType<ModelArrival.Here>(test.Agent.Look(RequestOf("a")));
        Assert.IsType<ModelArrival.Absent>(test.Agent.Look(RequestOf("b")));
    }

    [Fact]
    public async Task A_budget_counts_what_a_download_under_way_has_already()
    {
        await using var test = await StartAsync(o => o with { MaxBytes = 350_000 });
        test.CommitEach(300_000, "a", "b");
        var gate = new SemaphoreSlim(16);
        test.Hub.Pace = gate.WaitAsync;
        test.Agent.Look(RequestOf("a"));
        await Eventually.TrueAsync(() => gate.CurrentCount == 0, () => $"{gate.CurrentCount} pieces left");

        test.Agent.Look(RequestOf("b"));

        Assert.Equal("InsufficientDisk", (await test.FailedAsync(RequestOf("b"))).Reason);
    }

    [Fact]
    public async Task Who_pulls_a_removed_model_gets_it_again()
    {
        await using var test = await StartAsync(o => o with { MaxBytes = 150_000 }, manualTime: true);
        test.CommitEach(100_000, "a", "b");
        await test.HereAsync(RequestOf("a"));
        await test.HereAsync(RequestOf("b"));
        Assert.IsType<ModelArrival.Absent>(test.Agent.Look(RequestOf("a")));

        await test.HereAsync(RequestOf("a", wishes: new ModelWishes(PulledAt: test.Time!.GetUtcNow().AddSeconds(1))));
    }

    [Fact]
    public async Task Too_little_room_is_told_before_a_byte_of_it_is_fetched_and_tried_again_later()
    {
        await using var test = await StartAsync(manualTime: true);
        test.FreeBytes = 100_000;
        test.Restart();
        test.Hub.Commit("org/m", Model(300_000));

        var failed = await test.FailedAsync(Request());
        Assert.Equal(0, test.Hub.BytesServed);
        test.FreeBytes = 1_000_000;
        Assert.IsType<ModelArrival.Failed>(test.Agent.Look(Request()));
        test.Time!.Advance(TimeSpan.FromMinutes(1));
        await test.HereAsync(Request());

        Assert.Equal("InsufficientDisk", failed.Reason);
        Assert.Contains("models.minFreeBytes", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Downloads_at_the_same_time_do_not_both_get_the_same_room()
    {
        await using var test = await StartAsync();
        test.FreeBytes = 350_000;
        test.Restart();
        test.CommitEach(300_000, "a", "b");
        await test.HoldsAsync(RequestOf("a"));

        Assert.Equal("InsufficientDisk", (await test.FailedAsync(RequestOf("b"))).Reason);
    }
}
