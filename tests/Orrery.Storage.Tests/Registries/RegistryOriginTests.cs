using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Orrery.Storage.Addresses;
using Orrery.Storage.Http;
using Orrery.Storage.Origins;
using Orrery.Testing.Origins;

namespace Orrery.Storage.Tests.Registries;

/// <summary>A registry as the distribution specification describes it, with tokens from its own realm.</summary>
public sealed class RegistryOriginTests
{
    private static readonly byte[] Content = Taken.Bytes(4000);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string DigestOf(byte[] bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";

    private static byte[] Manifest(string title = "m.gguf") => Encoding.UTF8.GetBytes($$"""
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
         "config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{{DigestOf([])}}","size":2},
         "layers":[{"mediaType":"application/octet-stream","digest":"{{DigestOf(Content)}}","size":{{Content.Length}},
                    "annotations":{"org.opencontainers.image.title":"{{title}}"} },
                   {"mediaType":"x","digest":"{{DigestOf([1])}}","size":1}]}
        """);

    private static Task<TestWeb> RegistryAsync(byte[] manifest, List<string?> passwords) => TestWeb.StartAsync(async http =>
    {
        string? authorization = http.Request.Headers.Authorization.FirstOrDefault();
        if (http.Request.Path == "/token")
        {
            passwords.Add(authorization);
            await http.Response.WriteAsync($"{{\"token\":\"t-{http.Request.Query["scope"]}\"}}", Ct);
            return;
        }
        if (authorization != "Bearer t-repository:org/m:pull")
        {
            http.Response.StatusCode = 401;
            http.Response.Headers.WWWAuthenticate = $"Bearer realm=\"http://{http.Request.Host}/token\",service=\"test\",scope=\"repository:org/m:pull\"";
            return;
        }
        if (http.Request.Path == "/v2/org/m/manifests/v1")
            await http.Response.Body.WriteAsync(manifest, Ct);
        else if (http.Request.Path == $"/v2/org/m/blobs/{DigestOf(Content)}")
            await Results.Bytes(Content, enableRangeProcessing: true).ExecuteAsync(http);
        else
            http.Response.StatusCode = 404;
    });

    private static IOrigin Open(GuardedHttp http, TestWeb server, string uri, Dictionary<string, string>? secret = null)
        => new OriginOpener(http, TimeProvider.System).Open(ModelUri.Parse(uri), Taken.Access(server.Address, secret));

    [Fact]
    public async Task Files_are_the_titled_layers_read_with_a_token_that_the_password_gets()
    {
        List<string?> passwords = [];
        await using var registry = await RegistryAsync(Manifest(), passwords);
        using var http = new GuardedHttp();
        using var origin = Open(http, registry, "oci://registry.test/org/m:v1", new() { ["username"] = "me", ["password"] = "pw" });

        var listing = await origin.ListAsync(Ct);
        var file = Assert.Single(listing.Files);

        Assert.Equal(("m.gguf", DigestOf(Content)), (file.Path, file.Digest!.ToString()));
        Assert.Equal(DigestOf(Manifest()), listing.Revision);
        Assert.Equal(Content[10..20], await Taken.RangeAsync(origin, file, new ByteRange(10, 10), Ct));
        Assert.Equal([$"Basic {Convert.ToBase64String("me:pw"u8)}"], passwords);
    }

    [Fact]
    public async Task A_public_artifact_needs_no_password()
    {
        List<string?> passwords = [];
        await using var registry = await RegistryAsync(Manifest(), passwords);
        using var http = new GuardedHttp();
        using var origin = Open(http, registry, "oci://registry.test/org/m:v1");

        Assert.Single((await origin.ListAsync(Ct)).Files);
        Assert.Equal([null], passwords);
    }

    [Fact]
    public async Task A_public_registry_cannot_send_for_tokens_to_this_machine()
    {
        int asked = 0;
        await using var inside = await TestWeb.StartAsync(http =>
        {
            Interlocked.Increment(ref asked);
            return http.Response.WriteAsync("{\"token\":\"t\"}", Ct);
        });
        await using var registry = await TestWeb.StartAsync(http =>
        {
            http.Response.StatusCode = 401;
            http.Response.Headers.WWWAuthenticate = $"Bearer realm=\"{inside.Address}token\"";
            return Task.CompletedTask;
        });
        // The registry's name is one of a public address, and leads here all the same.
        using var http = new GuardedHttp(Network.OfMachine with
        {
            Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("93.184.216.34")]),
            Connect = (to, ct) => Network.OfMachine.Connect(new IPEndPoint(IPAddress.Loopback, to.Port), ct),
        });
        using var origin = new OriginOpener(http, TimeProvider.System).Open(
            ModelUri.Parse("oci://registry.test/org/m:v1"), Taken.Access(new Uri($"http://registry.test:{registry.Address.Port}"), new() { ["username"] = "me", ["password"] = "pw" }));

        var e = await Assert.ThrowsAsync<OriginException>(() => origin.ListAsync(Ct));

        Assert.Contains("loopback", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, asked);
    }

    [Theory]
    [InlineData("""{"manifests":[]}""", "index")]
    [InlineData("""{"layers":[{"digest":"sha256:x","size":1}]}""", "title")]
    [InlineData("nothing", "no JSON")]
    public async Task A_manifest_that_holds_no_files_is_told_as_such(string manifest, string says)
    {
        await using var registry = await RegistryAsync(Encoding.UTF8.GetBytes(manifest), []);
        using var http = new GuardedHttp();
        using var origin = Open(http, registry, "oci://registry.test/org/m:v1");

        Assert.Contains(says, (await Assert.ThrowsAsync<OriginException>(() => origin.ListAsync(Ct))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_that_is_named_by_its_digest_must_have_it()
    {
        await using var server = await TestWeb.StartAsync(http => http.Response.Body.WriteAsync(Manifest(), Ct).AsTask());
        using var http = new GuardedHttp();
        using var good = Open(http, server, $"oci://registry.test/org/m@{DigestOf(Manifest())}");
        using var bad = Open(http, server, $"oci://registry.test/org/m@sha256:{new string('a', 64)}");

        Assert.Single((await good.ListAsync(Ct)).Files);
        Assert.Contains("digest", (await Assert.ThrowsAsync<OriginException>(() => bad.ListAsync(Ct))).Message, StringComparison.Ordinal);
    }
}
