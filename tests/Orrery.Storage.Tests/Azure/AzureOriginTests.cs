using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Orrery.Storage.Addresses;
using Orrery.Storage.Http;
using Orrery.Storage.Origins;
using Orrery.Testing.Origins;

namespace Orrery.Storage.Tests.Azure;

/// <summary>A server with the shapes of the Blob service's documentation; the service itself was never asked.</summary>
public sealed class AzureOriginTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Blobs_are_listed_in_pages_and_read_with_the_signature_of_the_secret()
    {
        byte[] content = Taken.Bytes(100);
        // The service's own digest is an MD5.
#pragma warning disable CA5351
        string md5 = Convert.ToBase64String(MD5.HashData(content));
#pragma warning restore CA5351
        await using var server = await TestWeb.StartAsync(async http =>
        {
            if (http.Request.Query["sig"] != "s" || http.Request.Headers["x-ms-version"].Count == 0)
                http.Response.StatusCode = 403;
            else if (http.Request.Query["comp"] == "list" && http.Request.Query["marker"].Count == 0)
                await http.Response.WriteAsync(Page("llama/config.json", 2, "", "next"), Ct);
            else if (http.Request.Query["comp"] == "list")
                await http.Response.WriteAsync(Page("llama/model.safetensors", 100, md5, ""), Ct);
            else if (http.Request.Path == "/models/llama/model.safetensors")
            {
                http.Response.Headers.ETag = "\"0x8\"";
                await Results.Bytes(content, enableRangeProcessing: true).ExecuteAsync(http);
            }
            else
                http.Response.StatusCode = 404;
        });
        using var http = new GuardedHttp();
        using var origin = new OriginOpener(http, TimeProvider.System).Open(
            ModelUri.Parse("az://account/models/llama"), Taken.Access(server.Address, new() { ["AZURE_STORAGE_SAS_TOKEN"] = "?sv=2022&sig=s" }));

        var files = (await origin.ListAsync(Ct)).Files;

        Assert.Equal(["config.json", "model.safetensors"], files.Select(f => f.Path));
        Assert.Equal(DigestAlgorithm.Md5, files[1].Digest!.Algorithm);
        Assert.Equal(content[7..17], await Taken.RangeAsync(origin, files[1], new ByteRange(7, 10), Ct));
    }

    [Fact]
    public async Task A_list_without_an_end_is_given_up()
    {
        await using var server = await TestWeb.StartAsync(http => http.Response.WriteAsync("<EnumerationResults><Blobs/><NextMarker>again</NextMarker></EnumerationResults>", Ct));
        using var http = new GuardedHttp();
        using var origin = new OriginOpener(http, TimeProvider.System).Open(ModelUri.Parse("az://account/models/llama"), Taken.Access(server.Address));

        Assert.Equal(OriginFault.Refused, (await Assert.ThrowsAsync<OriginException>(() => origin.ListAsync(Ct))).Fault);
    }

    [Theory]
    [InlineData("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><EnumerationResults><Blob><Name>&e;</Name></Blob></EnumerationResults>")]
    [InlineData("<html/>")]
    [InlineData("no xml")]
    public async Task A_list_that_is_none_is_refused(string body)
    {
        await using var server = await TestWeb.StartAsync(http => http.Response.WriteAsync(body, Ct));
        using var http = new GuardedHttp();
        using var origin = new OriginOpener(http, TimeProvider.System).Open(ModelUri.Parse("az://account/models/llama"), Taken.Access(server.Address));

        Assert.Equal(OriginFault.Refused, (await Assert.ThrowsAsync<OriginException>(() => origin.ListAsync(Ct))).Fault);
    }

    private static string Page(string name, int bytes, string md5, string next) => $"""
        <?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://account.blob.core.windows.net/" ContainerName="models"><Prefix>llama</Prefix>
        <Blobs><Blob><Name>{name}</Name><Properties><Etag>0x8</Etag><Content-Length>{bytes}</Content-Length><Content-MD5>{md5}</Content-MD5></Properties></Blob></Blobs><NextMarker>{next}</NextMarker></EnumerationResults>
        """;
}
