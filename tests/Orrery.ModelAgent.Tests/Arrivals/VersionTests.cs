using Orrery.Control.Models;
using static Orrery.ModelAgent.Tests.Arrivals.AgentUnderTest;

namespace Orrery.ModelAgent.Tests.Arrivals;

public sealed class VersionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_changed_spec_fetches_anew_and_going_back_finds_what_was_here()
    {
        await using var test = await StartAsync();
        string one = test.Hub.Commit("org/m", Model(seed: 1)), two = test.Hub.Commit("org/m", Model(seed: 2));

        var first = await test.HereAsync(Request($"hf://org/m@{one}", version: "1.0"));
        var second = await test.HereAsync(Request($"hf://org/m@{two}", version: "2.0"));
        int asked = test.Hub.Asked.Count;
        var back = Assert.IsType<ModelArrival.Here>(test.Agent.Look(Request($"hf://org/m@{one}", version: "1.0")));

        Assert.Equal((one, two), (first.Revision, second.Revision));
        Assert.True(Directory.Exists(first.Path) && Directory.Exists(second.Path));
        Assert.Equal((first.Path, first.Digest), (back.Path, back.Digest));
        Assert.Equal(asked, test.Hub.Asked.Count);
    }

    [Fact]
    public async Task A_version_stays_at_its_commit_whatever_the_branch_does()
    {
        await using var test = await StartAsync();
        string one = test.Hub.Commit("org/m", Model(seed: 1));
        await test.HereAsync(Request(version: "1.0"));
        string two = test.Hub.Commit("org/m", Model(seed: 2));

        var next = await test.HereAsync(Request(version: "2.0"));
        var pinned = Assert.IsType<ModelArrival.Here>(test.Agent.Look(Request(version: "1.0")));

        Assert.Equal((one, two), (pinned.Revision, next.Revision));
    }

    [Fact]
    public async Task A_change_in_the_middle_of_a_download_ends_it()
    {
        await using var test = await StartAsync();
        test.Hub.Commit("org/m", Model(seed: 1));
        test.Hub.Commit("org/n", Model(10, seed: 2));
        await test.HoldsAsync(Request());

        // What is being served stays as slow as it was.
        test.Hub.Pace = _ => Task.CompletedTask;
        var here = await test.HereAsync(Request("hf://org/n"));

        Assert.Equal(34, here.Bytes);
        Assert.Single(test.Files("versions"), f => f.EndsWith("record.json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_so_many_earlier_versions_stay()
    {
        await using var test = await StartAsync(o => o with { KeepVersions = 1 });
        for (int i = 1; i <= 4; i++)
        {
            test.Hub.Commit("org/m", Model(1000, seed: i));
            await test.HereAsync(Request(version: $"{i}"));
        }

        await Eventually.TrueAsync(() => test.Files("versions").Count(f => f.EndsWith("record.json", StringComparison.Ordinal)) == 2, () => string.Join(' ', test.Files("versions")));
        Assert.IsType<ModelArrival.Here>(test.Agent.Look(Request(version: "3")));
    }

    [Fact]
    public async Task AlwaysDownload_takes_newer_files_and_serves_the_old_ones_until_they_are_here()
    {
        await using var test = await StartAsync(manualTime: true);
        string one = test.Hub.Commit("org/m", Model(seed: 1));
        var request = Request(storage: s => s with { DownloadPolicy = "AlwaysDownload" });
        var first = await test.HereAsync(request);
        string two = test.Hub.Commit("org/m", Model(seed: 2));
        test.Time!.Advance(TimeSpan.FromHours(2));

        var during = Assert.IsType<ModelArrival.Here>(test.Agent.Look(request));
        var after = await Eventually.SeesAsync(() => Task.FromResult(test.Agent.Look(request) is ModelArrival.Here here && here.Revision == two ? here : null), () => test.Agent.Look(request).ToString());

        Assert.Equal((one, one), (first.Revision, during.Revision));
        Assert.Equal(Model(seed: 2)["model.safetensors"], await File.ReadAllBytesAsync(Path.Combine(after.Path, "model.safetensors"), Ct));
    }

    [Fact]
    public async Task Damage_on_the_disk_is_found_by_and_by_and_mended()
    {
        await using var test = await StartAsync(manualTime: true);
        var files = Model();
        test.Hub.Commit("org/m", files);
        var here = await test.HereAsync(Request());
        string weights = Path.Combine(here.Path, "model.safetensors");
        File.SetUnixFileMode(weights, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using (var file = File.OpenWrite(weights))
            file.WriteByte(0xFF ^ 0x01);
        test.Time!.Advance(TimeSpan.FromDays(8));

        using var stop = new CancellationTokenSource();
        var verifying = test.Agent.RunAsync(stop.Token);
        await Eventually.TrueAsync(
            () => test.Agent.Look(Request()) is ModelArrival.Here && Bytes(weights).AsSpan().SequenceEqual(files["model.safetensors"]), () => test.Agent.Look(Request()).ToString());
        await stop.CancelAsync();
        await verifying;

        // Between the earlier files and those that take their place there are none for a moment.
        static byte[] Bytes(string path)
        {
            try
            {
                return File.ReadAllBytes(path);
            }
            catch (IOException)
            {
                return [];
            }
        }
    }

    [Fact]
    public async Task A_file_that_was_cut_short_is_noticed_at_once_and_fetched_again()
    {
        await using var test = await StartAsync();
        var files = Model();
        test.Hub.Commit("org/m", files);
        string weights = Path.Combine((await test.HereAsync(Request())).Path, "model.safetensors");
        File.SetUnixFileMode(weights, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using (var file = File.OpenWrite(weights))
            file.SetLength(1000);

        Assert.IsType<ModelArrival.OnItsWay>(test.Agent.Look(Request()));
        await test.HereAsync(Request());

        Assert.Equal(files["model.safetensors"], await File.ReadAllBytesAsync(weights, Ct));
    }

    [Fact]
    public async Task A_file_that_went_missing_is_noticed_at_once()
    {
        await using var test = await StartAsync();
        test.Hub.Commit("org/m", Model());
        var here = await test.HereAsync(Request());
        File.Delete(Path.Combine(here.Path, "config.json"));

        Assert.IsType<ModelArrival.OnItsWay>(test.Agent.Look(Request()));
        Assert.True(File.Exists(Path.Combine((await test.HereAsync(Request())).Path, "config.json")));
    }
}
