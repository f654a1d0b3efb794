using System.Diagnostics;
using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.AspNetCore.Http;
using Orrery.Storage.Addresses;
using Orrery.Storage.Buckets;
using Orrery.Storage.Http;
using Orrery.Storage.Origins;
using Orrery.Testing.Origins;

namespace Orrery.Storage.Tests.Buckets;

/// <summary>Against a real store of objects: s3rver from npm.</summary>
public sealed class BucketOriginTests
{
    private static readonly Dictionary<string, string> Keys = new() { ["AWS_ACCESS_KEY_ID"] = "S3RVER", ["AWS_SECRET_ACCESS_KEY"] = "S3RVER" };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Objects_below_a_prefix_are_listed_and_read_in_ranges_with_their_digest()
    {
        await using var store = await ObjectStore.StartAsync();
        byte[] content = Taken.Bytes(100_000);
        await store.PutAsync("llama/8b/model.safetensors", content);
        await store.PutAsync("llama/8b/sub/config.json", [123, 125]);
        await store.PutAsync("llama/8b-other/config.json", [1]);
        using var origin = store.Open("s3://models/llama/8b", Keys);

        var files = (await origin.ListAsync(Ct)).Files.OrderBy(f => f.Path, StringComparer.Ordinal).ToList();
        var file = await origin.StatAsync(files[0], Ct);

        Assert.Equal(["model.safetensors", "sub/config.json"], files.Select(f => f.Path));
        Assert.Equal((100_000L, DigestAlgorithm.Md5), (file.Bytes, file.Digest!.Algorithm));
        Assert.Equal(content, await Taken.WholeAsync(origin, file, Ct));
        Assert.Equal(content[500..1500], await Taken.RangeAsync(origin, file, new Storage.Origins.ByteRange(500, 1000), Ct));
    }

    /// <summary>Pages as Amazon's documentation shows them: s3rver fails at its own second one.</summary>
    [Fact]
    public async Task A_list_takes_as_many_pages_as_it_has()
    {
        await using var server = await TestWeb.StartAsync(http => http.Response.WriteAsync(
            http.Request.Query["continuation-token"].Count == 0 ? Page("many/1", "<IsTruncated>true</IsTruncated><NextContinuationToken>next</NextContinuationToken>")
                : http.Request.Query["continuation-token"] == "next" ? Page("many/2", "<IsTruncated>false</IsTruncated>")
                : "", Ct));
        using var http = new GuardedHttp();
        using var origin = new OriginOpener(http, TimeProvider.System).Open(ModelUri.Parse("s3://models/many"), Taken.Access(server.Address, Keys));

        Assert.Equal(["1", "2"], (await origin.ListAsync(Ct)).Files.Select(f => f.Path));

        static string Page(string key, string end) => $"""
            <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>models</Name><Prefix>many</Prefix><KeyCount>1</KeyCount><MaxKeys>1</MaxKeys>
            <Contents><Key>{key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;a&quot;</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass></Contents>{end}</ListBucketResult>
            """;
    }

    [Fact]
    public async Task A_list_without_an_end_is_given_up()
    {
        int asked = 0;
        await using var server = await TestWeb.StartAsync(http => http.Response.WriteAsync($"""
            <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>models</Name><Prefix>many</Prefix><KeyCount>0</KeyCount><MaxKeys>1</MaxKeys>
            <IsTruncated>true</IsTruncated><NextContinuationToken>{Interlocked.Increment(ref asked)}</NextContinuationToken></ListBucketResult>
            """, Ct));
        using var http = new GuardedHttp();
        using var origin = new OriginOpener(http, TimeProvider.System).Open(ModelUri.Parse("s3://models/many"), Taken.Access(server.Address, Keys));

        Assert.Equal(OriginFault.Refused, (await Assert.ThrowsAsync<OriginException>(() => origin.ListAsync(Ct))).Fault);
        Assert.Equal(Listing.MaxPages + 1, asked);
    }

    [Fact]
    public async Task One_object_may_be_named()
    {
        await using var store = await ObjectStore.StartAsync();
        await store.PutAsync("a/m.gguf", [1, 2, 3]);
        using var origin = store.Open("s3://models/a/m.gguf", Keys);

        Assert.Equal(("m.gguf", 3L), (await origin.ListAsync(Ct)).Files.Select(f => (f.Path, f.Bytes)).Single());
    }

    [Fact]
    public async Task An_object_that_changed_since_it_was_listed_is_not_read()
    {
        await using var store = await ObjectStore.StartAsync();
        await store.PutAsync("a/m.gguf", [1, 2, 3]);
        using var origin = store.Open("s3://models/a/m.gguf", Keys);
        var file = await origin.StatAsync((await origin.ListAsync(Ct)).Files[0], Ct);
        await store.PutAsync("a/m.gguf", [3, 2, 1]);

        var e = await Assert.ThrowsAsync<OriginException>(() => Taken.WholeAsync(origin, file, Ct));

        Assert.Equal(OriginFault.Changed, e.Fault);
    }

    [Theory]
    [InlineData("s3://models/none", "S3RVER", OriginFault.NotFound)]
    [InlineData("s3://nobucket/none", "S3RVER", OriginFault.NotFound)]
    [InlineData("s3://models/none", "wrong", OriginFault.Denied)]
    public async Task What_the_store_refuses_is_told(string uri, string key, OriginFault fault)
    {
        await using var store = await ObjectStore.StartAsync();
        using var origin = store.Open(uri, new(Keys) { ["AWS_ACCESS_KEY_ID"] = key });

        Assert.Equal(fault, (await Assert.ThrowsAsync<OriginException>(() => origin.ListAsync(Ct))).Fault);
    }

    [Fact]
    public async Task A_store_that_is_not_there_is_unavailable()
    {
        using var http = new GuardedHttp();
        using var origin = new OriginOpener(http, TimeProvider.System).Open(ModelUri.Parse("s3://models/x"), Taken.Access(new Uri("http://127.0.0.1:1"), Keys));

        Assert.Equal(OriginFault.Unavailable, (await Assert.ThrowsAsync<OriginException>(() => origin.ListAsync(Ct))).Fault);
    }

    [Fact]
    public void A_secret_without_the_keys_is_told()
    {
        using var http = new GuardedHttp();

        var e = Assert.Throws<OriginException>(() => new OriginOpener(http, TimeProvider.System).Open(ModelUri.Parse("s3://models/x"), Taken.Access(secret: new() { ["token"] = "x" })));

        Assert.Contains("AWS_SECRET_ACCESS_KEY", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3://models/x", "", "https://s3.us-east-1.amazonaws.com/ us-east-1 False")]
    [InlineData("s3://mo.dels@eu-west-1/x", "", "https://s3.eu-west-1.amazonaws.com/ eu-west-1 True")]
    [InlineData("s3://models/x", "endpoint=https://minio.test:9000", "https://minio.test:9000/ us-east-1 True")]
    [InlineData("s3://models/x", "endpoint=https://minio.test,region=here,pathStyle=false", "https://minio.test/ here False")]
    [InlineData("gs://models/x", "", "https://storage.googleapis.com/ auto True")]
    [InlineData("oci://n/tenant/b/models/o/x", "region=eu-frankfurt-1", "https://tenant.compat.objectstorage.eu-frankfurt-1.oraclecloud.com/ eu-frankfurt-1 True")]
    public void Each_service_has_its_server(string uri, string parameters, string expected)
    {
        var access = Taken.Access(parameters: parameters.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=')).ToDictionary(p => p[0], p => p[1]));

        var endpoint = BucketEndpoint.Of((ModelUri.BucketPrefix)ModelUri.Parse(uri), access);

        Assert.Equal(expected, $"{endpoint.Address} {endpoint.Region} {endpoint.PathStyle}");
    }

    [Theory]
    [InlineData("oci://n/tenant/b/models/o/x", "", "spec.storage.parameters.region")]
    [InlineData("s3://models/x", "pathStyle=maybe", "spec.storage.parameters.pathStyle: 'maybe'")]
    [InlineData("s3://models/x", "region=a.evil.test", "spec.storage.parameters.region: 'a.evil.test'")]
    [InlineData("s3://models/x", "endpoint=file:///x", "spec.storage.parameters.endpoint: 'file:///x'")]
    public void What_is_missing_or_wrong_is_told_by_its_field(string uri, string parameters, string says)
    {
        var access = Taken.Access(parameters: parameters.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=')).ToDictionary(p => p[0], p => p[1]));

        Assert.StartsWith(says, Assert.Throws<OriginException>(() => BucketEndpoint.Of((ModelUri.BucketPrefix)ModelUri.Parse(uri), access)).Message, StringComparison.Ordinal);
    }

    private sealed class ObjectStore : IAsyncDisposable
    {
        private readonly TempFolder _folder = new();
        private readonly GuardedHttp _http = new();
        private readonly Process _process;
        private readonly AmazonS3Client _client;
        private readonly Uri _address;

        private ObjectStore(Process process, TempFolder folder, int port)
        {
            (_process, _folder) = (process, folder);
            _address = new Uri($"http://127.0.0.1:{port}");
            _client = new AmazonS3Client(new BasicAWSCredentials("S3RVER", "S3RVER"), new AmazonS3Config
            {
                ServiceURL = _address.ToString(),
                ForcePathStyle = true,
                RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
                ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            });
        }

        public static async Task<ObjectStore> StartAsync()
        {
            string scripts = Repository.File("tests", "Orrery.Storage.Tests", "Buckets", "s3rver");
            string packages = await NodePackages.FolderAsync(scripts, "s3rver");
            var folder = new TempFolder();
            var start = new ProcessStartInfo("node", [Path.Combine(scripts, "serve.mjs"), packages, folder.Path]) { RedirectStandardInput = true, RedirectStandardOutput = true };
            var process = Process.Start(start)!;
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            bound.CancelAfter(TimeSpan.FromSeconds(60));
            string? port = await process.StandardOutput.ReadLineAsync(bound.Token);
            return new ObjectStore(process, folder, int.Parse(port!, CultureInfo.InvariantCulture));
        }

        public async Task PutAsync(string key, byte[] content)
            => await _client.PutObjectAsync(new PutObjectRequest { BucketName = "models", Key = key, InputStream = new MemoryStream(content), UseChunkEncoding = false }, Ct);

        public IOrigin Open(string uri, Dictionary<string, string> keys) => new OriginOpener(_http, TimeProvider.System).Open(ModelUri.Parse(uri), Taken.Access(_address, keys));

        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            _http.Dispose();
            _process.StandardInput.Close();
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
            _folder.Dispose();
        }
    }
}
