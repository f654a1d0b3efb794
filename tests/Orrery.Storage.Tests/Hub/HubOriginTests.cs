using System.Text;
using Orrery.Storage.Addresses;
using Orrery.Storage.Http;
using Orrery.Storage.Origins;
using Orrery.Testing.Origins;

namespace Orrery.Storage.Tests.Hub;

public sealed class HubOriginTests : IAsyncDisposable
{
    private readonly GuardedHttp _http = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private IOrigin Open(TestHub hub, string uri = "hf://org/m", string? token = null)
        => new OriginOpener(_http, TimeProvider.System).Open(ModelUri.Parse(uri), Taken.Access(hub.Address, token is null ? null : new() { ["token"] = token + "\n" }));

    [Fact]
    public async Task Files_are_listed_in_pages_with_the_digest_that_each_has()
    {
        await using var hub = await TestHub.StartAsync();
        hub.PageSize = 2;
        string commit = hub.Commit("org/m", new Dictionary<string, byte[]>
        {
            ["config.json"] = Encoding.UTF8.GetBytes("{}"),
            ["model.safetensors"] = Taken.Bytes(1000),
            ["a/b.json"] = [],
            ["tokenizer.json"] = Encoding.UTF8.GetBytes("[1]"),
            ["README.md"] = Encoding.UTF8.GetBytes("# m"),
        });
        using var origin = Open(hub);

        var listing = await origin.ListAsync(Ct);

        Assert.Equal(commit, listing.Revision);
        Assert.Equal(["README.md", "a/b.json", "config.json", "model.safetensors", "tokenizer.json"], listing.Files.Select(f => f.Path));
        Assert.Equal(DigestAlgorithm.Sha256, listing.Files[3].Digest!.Algorithm);
        // As `git hash-object` names them.
        Assert.Equal(("9e26dfeeb6e641a33dae4961196235bdb965b21b", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"), (listing.Files[2].Digest!.Hex, listing.Files[1].Digest!.Hex));
    }

    [Fact]
    public async Task Everything_is_read_from_the_commit_that_was_listed_whatever_the_branch_does()
    {
        await using var hub = await TestHub.StartAsync();
        byte[] first = Taken.Bytes(5000);
        hub.Commit("org/m", new Dictionary<string, byte[]> { ["model.safetensors"] = first });
        using var origin = Open(hub);
        var file = (await origin.ListAsync(Ct)).Files[0];
        hub.Commit("org/m", new Dictionary<string, byte[]> { ["model.safetensors"] = Taken.Bytes(5000, seed: 2) });

        Assert.Equal(first, await Taken.WholeAsync(origin, file, Ct));
        Assert.Equal(first[100..300], await Taken.RangeAsync(origin, file, new ByteRange(100, 200), Ct));
    }

    [Fact]
    public async Task A_revision_is_the_one_that_is_named()
    {
        await using var hub = await TestHub.StartAsync();
        string first = hub.Commit("org/m", new Dictionary<string, byte[]> { ["config.json"] = [1] });
        hub.Commit("org/m", new Dictionary<string, byte[]> { ["config.json"] = [2] });
        using var origin = Open(hub, $"hf://org/m@{first}");

        Assert.Equal(first, (await origin.ListAsync(Ct)).Revision);
    }

    [Fact]
    public async Task The_token_of_the_secret_opens_a_gated_model_and_never_leaves_the_hub()
    {
        await using var hub = await TestHub.StartAsync();
        // Another name for the same machine is another host.
        hub.ContentAddress = new UriBuilder(hub.Address) { Host = "localhost" }.Uri;
        hub.Token = "hf_secret";
        hub.Commit("org/m", new Dictionary<string, byte[]> { ["model.safetensors"] = Taken.Bytes(10) });
        using var origin = Open(hub, token: "hf_secret");

        await Taken.WholeAsync(origin, (await origin.ListAsync(Ct)).Files[0], Ct);

        Assert.All(hub.Asked, a => Assert.Equal(a.Path.StartsWith("/contents", StringComparison.Ordinal) ? null : "Bearer hf_secret", a.Authorization));
        Assert.Contains(hub.Asked, a => a.Path.StartsWith("/contents", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("hf://org/m", null, OriginFault.Denied, "accept its terms")]
    [InlineData("hf://org/m", "wrong", OriginFault.Denied, "the account of the token")]
    [InlineData("hf://org/none", "right", OriginFault.NotFound, "has no hf://org/none")]
    [InlineData("hf://org/m@none", "right", OriginFault.NotFound, "no revision 'none'")]
    public async Task What_the_hub_refuses_is_told_with_the_next_step(string uri, string? token, OriginFault fault, string says)
    {
        await using var hub = await TestHub.StartAsync();
        hub.Token = "right";
        hub.Commit("org/m", new Dictionary<string, byte[]> { ["config.json"] = [1] });
        using var origin = Open(hub, uri, token);

        var e = await Assert.ThrowsAsync<OriginException>(() => origin.ListAsync(Ct));

        Assert.Equal(fault, e.Fault);
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gated_model_that_everybody_may_list_tells_the_next_step_when_it_is_read()
    {
        await using var hub = await TestHub.StartAsync();
        hub.Commit("org/m", new Dictionary<string, byte[]> { ["config.json"] = [1] });
        hub.Before = http =>
        {
            bool isFile = http.Request.Path.Value!.Contains("/resolve/", StringComparison.Ordinal);
            if (isFile)
            {
                http.Response.Headers["X-Error-Code"] = "GatedRepo";
                http.Response.StatusCode = 403;
            }
            return Task.FromResult(isFile);
        };
        using var origin = Open(hub, token: "right");
        var file = (await origin.ListAsync(Ct)).Files[0];

        var e = await Assert.ThrowsAsync<OriginException>(() => Taken.WholeAsync(origin, file, Ct));

        Assert.Equal(OriginFault.Denied, e.Fault);
        Assert.Contains("accept its terms", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{\"sha\":5}")]
    [InlineData("{\"sha\":\"../../x\"}")]
    public async Task A_server_that_is_no_hub_is_told_as_such(string answer)
    {
        using var server = new RawWeb($"HTTP/1.1 200 OK\nContent-Length: {answer.Length}", Encoding.UTF8.GetBytes(answer));
        using var origin = new OriginOpener(_http, TimeProvider.System).Open(ModelUri.Parse("hf://org/m"), Taken.Access(server.Address));

        Assert.Contains("is it a hub?", (await Assert.ThrowsAsync<OriginException>(() => origin.ListAsync(Ct))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_does_not_go_on_at_another_host()
    {
        await using var hub = await TestHub.StartAsync();
        hub.Commit("org/m", new Dictionary<string, byte[]> { ["config.json"] = [1] });
        hub.Before = http =>
        {
            if (http.Request.Path.Value!.Contains("/tree/", StringComparison.Ordinal))
                http.Response.Headers.Link = "<http://169.254.169.254/more>; rel=\"next\"";
            return Task.FromResult(false);
        };
        using var origin = Open(hub);

        Assert.Contains("another host", (await Assert.ThrowsAsync<OriginException>(() => origin.ListAsync(Ct))).Message, StringComparison.Ordinal);
    }
}
