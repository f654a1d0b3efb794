using System.Security.Cryptography;
using Orrery.Control.Models;
using Orrery.Resources;
using Orrery.Resources.Models;
using static Orrery.ModelAgent.Tests.Arrivals.AgentUnderTest;

namespace Orrery.ModelAgent.Tests.Arrivals;

public sealed class ArrivalTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_arrives_in_whole_with_what_is_needed_of_it()
    {
        await using var test = await StartAsync();
        var files = Model();
        string commit = test.Hub.Commit("org/m", files);

        var here = await test.HereAsync(Request());

        Assert.Equal(["config.json", "model.safetensors", "tokenizer.json"], Directory.EnumerateFiles(here.Path).Select(f => Path.GetFileName(f)!).Order());
        Assert.Equal(files["model.safetensors"], await File.ReadAllBytesAsync(Path.Combine(here.Path, "model.safetensors"), Ct));
        Assert.Equal((commit, 300_024L), (here.Revision, here.Bytes));
        Assert.Empty(test.Files("partial"));
        Assert.Empty(test.Files("staging"));
    }

    [Fact]
    public async Task One_quantization_of_many_arrives_and_engines_open_its_first_part()
    {
        await using var test = await StartAsync();
        test.Hub.Commit("org/m", new Dictionary<string, byte[]> { ["m-Q4_0.gguf"] = Bytes(10), ["m-Q8_0-00001-of-00002.gguf"] = Bytes(20), ["m-Q8_0-00002-of-00002.gguf"] = Bytes(30) });

        var here = await test.HereAsync(Request(quantization: "Q8_0"));

        Assert.Equal("m-Q8_0-00001-of-00002.gguf", Path.GetFileName(here.Path));
        Assert.Equal(50, here.Bytes);
    }

    [Fact]
    public async Task How_far_it_is_is_told_on_its_way()
    {
        await using var test = await StartAsync(o => o with { MaxConnections = 1 });
        test.Hub.Commit("org/m", Model(2_000_000));
        var gate = new SemaphoreSlim(0);
        test.Hub.Pace = gate.WaitAsync;
        var request = Request();

        gate.Release(40);
        var way = await Eventually.SeesAsync(
            () => Task.FromResult(test.Agent.Look(request) is ModelArrival.OnItsWay { Progress.CompletedBytes: > 400_000 } seen ? seen : null), () => test.Agent.Look(request).ToString());
        var changed = await Changed(test.Agent);
        gate.Release(10_000);
        await test.HereAsync(request);

        Assert.Equal(("Downloading", 2_000_024L, 3), (way.Reason, way.Progress!.TotalBytes, way.Progress.TotalFiles));
        Assert.Equal(request.Key, changed);
    }

    [Fact]
    public async Task A_further_start_finds_what_is_here_and_asks_nobody()
    {
        await using var test = await StartAsync();
        test.Hub.Commit("org/m", Model());
        var first = await test.HereAsync(Request());
        await test.Agent.DisposeAsync();
        int asked = test.Hub.Asked.Count;

        test.Restart();
        var second = Assert.IsType<ModelArrival.Here>(test.Agent.Look(Request()));

        Assert.Equal(first.Path, second.Path);
        Assert.Equal(asked, test.Hub.Asked.Count);
        Assert.Equal(Request().Key, await Changed(test.Agent));
    }

    [Fact]
    public async Task An_interrupted_download_goes_on_where_it_was()
    {
        await using var test = await StartAsync();
        test.Hub.Commit("org/m", Model(1_000_000));
        var gate = new SemaphoreSlim(45);
        test.Hub.Pace = gate.WaitAsync;
        test.Agent.Look(Request());
        await Eventually.TrueAsync(() => gate.CurrentCount == 0, () => $"{gate.CurrentCount} pieces left");
        await test.Agent.DisposeAsync();
        test.Hub.Pace = _ => Task.CompletedTask;
        long before = test.Hub.BytesServed;

        test.Restart();
        await test.HereAsync(Request());

        // What was in the middle of a segment comes again; four may have been.
        Assert.InRange(test.Hub.BytesServed - before, 1, 1_000_022 - before + (4 * (64 + 16) * 1024));
    }

    [Fact]
    public async Task What_failed_is_tried_again_at_once_when_the_spec_changes()
    {
        await using var test = await StartAsync(manualTime: true);
        test.Hub.Token = "hf_1";
        test.Secrets["default/hf"] = new Dictionary<string, string> { ["token"] = "hf_1" };
        test.Hub.Commit("org/m", Model(10));
        await test.FailedAsync(Request() with { Generation = 1 });

        await test.HereAsync(Request(storage: s => s with { Key = "hf" }) with { Generation = 2 });
    }

    [Theory]
    [InlineData("pvc://claim/llama", "file://")]
    [InlineData("vendor://llama", "file://")]
    [InlineData("github://org/repo", "https://")]
    public async Task An_address_that_nothing_here_fetches_from_fails_by_name_instead_of_waiting(string uri, string says)
    {
        await using var test = await StartAsync();

        var failed = await test.FailedAsync(Request(uri));

        Assert.Equal("OriginRefused", failed.Reason);
        Assert.Contains(uri, failed.Message, StringComparison.Ordinal);
        Assert.Contains(says, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_that_are_not_heeded_are_told()
    {
        await using var test = await StartAsync();
        test.Hub.Commit("org/m", Model(10));

        var here = await test.HereAsync(Request(storage: s => s with { Path = "/raid/m", NodeSelector = new Dictionary<string, string> { ["gpu"] = "true" } }));

        Assert.Contains($"spec.storage.path: '/raid/m' is not heeded; the files are in {test.Folder}", here.Remark, StringComparison.Ordinal);
        Assert.Contains("spec.storage.nodeSelector", here.Remark, StringComparison.Ordinal);
        Assert.StartsWith(test.Folder, here.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disabled_model_is_not_fetched()
    {
        await using var test = await StartAsync();
        var request = Request();

        Assert.Equal("Disabled", Assert.IsType<ModelArrival.Absent>(test.Agent.Look(request with { Spec = request.Spec with { Disabled = true } })).Reason);
    }

    [Fact]
    public async Task The_token_comes_from_the_secret_of_the_models_namespace()
    {
        await using var test = await StartAsync();
        test.Hub.Token = "hf_1";
        test.Hub.Commit("org/m", Model(10));
        var request = Request(storage: s => s with { Key = "hf" });

        var missing = await test.FailedAsync(request);
        test.Secrets["default/hf"] = new Dictionary<string, string> { ["mine"] = "hf_1" };
        await test.HereAsync(Request(name: "other", storage: s => s with { Key = "hf", Parameters = new Dictionary<string, string> { ["secretKey"] = "mine" } }));

        Assert.Equal("SecretNotFound", missing.Reason);
        Assert.Contains("no Secret 'hf' in the namespace 'default'", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weights_of_a_namespace_arrive_with_its_secret_and_are_found_after_a_restart()
    {
        await using var test = await StartAsync();
        test.Hub.Token = "hf_1";
        test.Secrets["team/hf"] = new Dictionary<string, string> { ["token"] = "hf_1" };
        test.Hub.Commit("org/tone", new Dictionary<string, byte[]> { ["adapter_config.json"] = [1], ["adapter_model.safetensors"] = Bytes(100), ["optimizer.pt"] = [2] });
        var request = Request("hf://org/tone", storage: s => s with { Key = "hf" }) with { Key = FineTunedWeight.Kind.Key("team", "tone") };

        var here = await test.HereAsync(request);
        await test.Agent.DisposeAsync();
        test.Restart();

        Assert.Equal(["adapter_config.json", "adapter_model.safetensors"], Directory.EnumerateFiles(here.Path).Select(f => Path.GetFileName(f)!).Order());
        Assert.Equal(request.Key, await Changed(test.Agent));
        Assert.Equal(here.Path, Assert.IsType<ModelArrival.Here>(test.Agent.Look(request)).Path);
    }

    [Fact]
    public async Task Twenty_downloads_share_a_bounded_number_of_connections()
    {
        await using var test = await StartAsync(o => o with { MaxConnections = 5, MaxDownloads = 20, MaxConnectionsPerFile = 4 });
        for (int i = 0; i < 20; i++)
            test.Hub.Commit($"org/m{i}", Model(300_000, seed: i + 10));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => test.HereAsync(Request($"hf://org/m{i}", $"m{i}"))));

        Assert.InRange(test.Hub.MostFilesAtOnce, 2, 5);
    }

    [Fact]
    public async Task Those_that_wait_go_in_the_order_of_their_priority()
    {
        await using var test = await StartAsync(o => o with { MaxDownloads = 1 });
        test.CommitEach(10, "a", "b", "c");
        var urgent = RequestOf("c", wishes: new ModelWishes(Priority: 5));
        await test.HoldsAsync(RequestOf("a"));
        var waiting = Assert.IsType<ModelArrival.OnItsWay>(test.Agent.Look(RequestOf("b")));
        test.Agent.Look(urgent);

        test.Hub.Pace = _ => Task.CompletedTask;
        test.Agent.Forget(RequestOf("a").Key);
        await Task.WhenAll(test.HereAsync(RequestOf("b")), test.HereAsync(urgent));

        Assert.Equal("Waiting", waiting.Reason);
        Assert.Equal(["org/a", "org/c", "org/b"], test.Hub.Asked.Select(a => a.Path).Where(p => p.Contains("/revision/", StringComparison.Ordinal)).Select(p => p.Split('/')[3] + "/" + p.Split('/')[4]));
    }

    [Fact]
    public async Task The_digest_is_over_names_and_contents_alone()
    {
        await using var test = await StartAsync();
        test.Hub.Commit("org/m", Model(10));
        test.Hub.Commit("org/same", Model(10));
        test.Hub.Commit("org/other", Model(10, seed: 2));

        string one = (await test.HereAsync(Request())).Digest, same = (await test.HereAsync(Request("hf://org/same", "same"))).Digest, other = (await test.HereAsync(Request("hf://org/other", "other"))).Digest;

        Assert.Equal(one, same);
        Assert.NotEqual(one, other);
        Assert.Equal("sha256:".Length + 2 * SHA256.HashSizeInBytes, one.Length);
    }

    private static async Task<ResourceKey> Changed(ModelAgent agent)
    {
        await foreach (var key in agent.WatchAsync(Ct))
            return key;
        throw new InvalidOperationException("The watch ended.");
    }
}
