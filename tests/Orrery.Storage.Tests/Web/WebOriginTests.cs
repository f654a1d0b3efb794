using Microsoft.AspNetCore.Http;
using Orrery.Storage.Addresses;
using Orrery.Storage.Http;
using Orrery.Storage.Origins;
using Orrery.Testing.Origins;

namespace Orrery.Storage.Tests.Web;

public sealed class WebOriginTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_file_is_listed_and_read_with_ranges_or_without(bool ranges)
    {
        byte[] content = Taken.Bytes(3000);
        await using var server = await TestWeb.StartAsync(http =>
        {
            http.Response.Headers.ETag = "\"a\"";
            if (!ranges)
                http.Request.Headers.Remove("Range");
            return Results.Bytes(content, enableRangeProcessing: true).ExecuteAsync(http);
        });
        using var http = new GuardedHttp();
        using var origin = new Storage.Web.WebOrigin(new ModelUri.WebFile(new Uri(server.Address, "/a/m%20x.gguf")), Taken.Access(), http, TimeProvider.System);

        var file = Assert.Single((await origin.ListAsync(Ct)).Files);

        Assert.Equal(("m x.gguf", 3000L), (file.Path, file.Bytes));
        Assert.Equal(content, await Taken.WholeAsync(origin, file, Ct));
        if (ranges)
            Assert.Equal(content[5..105], await Taken.RangeAsync(origin, file, new ByteRange(5, 100), Ct));
        else
            Assert.Equal(OriginFault.NoRanges, (await Assert.ThrowsAsync<OriginException>(() => Taken.RangeAsync(origin, file, new ByteRange(5, 100), Ct))).Fault);
    }

    [Theory]
    [InlineData("s3 cr3t")]
    [InlineData("s3\r\ncr3t")]
    [InlineData("s3cr3té")]
    public void A_token_that_no_header_may_hold_is_refused_and_not_repeated(string token)
    {
        using var http = new GuardedHttp();

        var e = Assert.Throws<OriginException>(() => new OriginOpener(http, TimeProvider.System).Open(
            ModelUri.Parse("https://example.com/m.gguf"), Taken.Access(secret: new() { ["token"] = token })));

        Assert.Equal(OriginFault.Denied, e.Fault);
        Assert.Contains("the value 'token' of the Secret", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("cr3t", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_digest_that_is_none_is_refused_by_its_field()
    {
        using var http = new GuardedHttp();

        var e = Assert.Throws<OriginException>(() => new OriginOpener(http, TimeProvider.System).Open(
            ModelUri.Parse("https://example.com/m.gguf"), Taken.Access(parameters: new() { ["sha256"] = "abc" })));

        Assert.StartsWith("spec.storage.parameters.sha256: 'abc'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_that_nobody_knows_is_refused_by_its_name()
    {
        using var http = new GuardedHttp();

        var e = Assert.Throws<OriginException>(() => new OriginOpener(http, TimeProvider.System).Open(
            ModelUri.Parse("https://example.com/m.gguf"), Taken.Access(parameters: new() { ["regoin"] = "x" })));

        Assert.StartsWith("spec.storage.parameters.regoin: is not known; known are", e.Message, StringComparison.Ordinal);
    }
}
