using Orrery.Storage.Http;
using Orrery.Storage.Origins;
using Orrery.Testing.Origins;

namespace Orrery.Storage.Tests.Http;

/// <summary>Answers that are not what was asked for, each with what it means for who asked.</summary>
public sealed class HostileAnswerTests
{
    private static readonly ListedFile File = new("m.gguf", 100, ETag: "\"v1\"");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<(OriginException? Problem, int Taken)> ReadAsync(Uri address, ByteRange range, TimeSpan? idle = null)
    {
        using var http = new GuardedHttp();
        int taken = 0;
        try
        {
            await new WebFiles(http, TimeProvider.System, "log in", idle).ReadAsync(new Uri(address, "/m.gguf"), null, File, range, Take, Ct);
            return (null, taken);
        }
        catch (OriginException e)
        {
            return (e, taken);
        }

        ValueTask Take(ReadOnlyMemory<byte> bytes)
        {
            taken += bytes.Length;
            return ValueTask.CompletedTask;
        }
    }

    [Theory]
    [InlineData("ends early", "HTTP/1.1 206 X\nContent-Range: bytes 10-19/100\nContent-Length: 10", 4, OriginFault.Broken)]
    [InlineData("ends early without a length", "HTTP/1.1 206 X\nContent-Range: bytes 10-19/100\nConnection: close", 4, OriginFault.Broken)]
    [InlineData("sends more than asked", "HTTP/1.1 206 X\nContent-Range: bytes 10-19/100\nConnection: close", 50, OriginFault.Broken)]
    [InlineData("states another length", "HTTP/1.1 206 X\nContent-Range: bytes 10-19/100\nContent-Length: 5", 5, OriginFault.Broken)]
    [InlineData("another range", "HTTP/1.1 206 X\nContent-Range: bytes 0-9/100\nContent-Length: 10", 10, OriginFault.Refused)]
    [InlineData("no range named", "HTTP/1.1 206 X\nContent-Length: 10", 10, OriginFault.Refused)]
    [InlineData("another size", "HTTP/1.1 206 X\nContent-Range: bytes 10-19/101\nContent-Length: 10", 10, OriginFault.Changed)]
    [InlineData("another tag", "HTTP/1.1 206 X\nETag: \"v2\"\nContent-Range: bytes 10-19/100\nContent-Length: 10", 10, OriginFault.Changed)]
    [InlineData("ranges ignored", "HTTP/1.1 200 OK\nContent-Length: 100", 100, OriginFault.NoRanges)]
    [InlineData("compressed unasked", "HTTP/1.1 206 X\nContent-Encoding: gzip\nContent-Range: bytes 10-19/100\nContent-Length: 10", 10, OriginFault.Refused)]
    [InlineData("precondition", "HTTP/1.1 412 X\nContent-Length: 0", 0, OriginFault.Changed)]
    [InlineData("range gone", "HTTP/1.1 416 X\nContent-Length: 0", 0, OriginFault.Changed)]
    [InlineData("not logged in", "HTTP/1.1 401 X\nContent-Length: 0", 0, OriginFault.Denied)]
    [InlineData("not there", "HTTP/1.1 404 X\nContent-Length: 0", 0, OriginFault.NotFound)]
    [InlineData("failing", "HTTP/1.1 502 X\nContent-Length: 0", 0, OriginFault.Unavailable)]
    [InlineData("odd", "HTTP/1.1 418 X\nContent-Length: 0", 0, OriginFault.Refused)]
    [InlineData("not http", "SSH-2.0-OpenSSH_9.2", 0, OriginFault.Unavailable)]
    public async Task Nothing_is_believed(string because, string head, int body, OriginFault fault)
    {
        using var server = new RawWeb(head, Taken.Bytes(body));

        var (problem, taken) = await ReadAsync(server.Address, new ByteRange(10, 10));

        Assert.True(problem?.Fault == fault, $"{because}: {problem?.Fault}: {problem?.Message}");
        Assert.InRange(taken, 0, 10);
    }

    [Fact]
    public async Task Silence_in_the_middle_is_a_break()
    {
        using var server = new RawWeb("HTTP/1.1 206 X\nContent-Range: bytes 10-19/100\nContent-Length: 10", new byte[4], silent: true);

        var (problem, taken) = await ReadAsync(server.Address, new ByteRange(10, 10), idle: TimeSpan.FromMilliseconds(100));

        Assert.Equal((OriginFault.Broken, 4), (problem!.Fault, taken));
    }

    [Fact]
    public async Task A_byte_now_and_then_is_as_good_as_silence()
    {
        await using var server = await TestWeb.StartAsync(async http =>
        {
            http.Response.StatusCode = 206;
            http.Response.Headers.ContentRange = "bytes 0-89/100";
            for (int i = 0; i < 90; i++)
            {
                await http.Response.Body.WriteAsync(new byte[1], http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
                await Task.Delay(50, http.RequestAborted);
            }
        });

        var (problem, taken) = await ReadAsync(server.Address, new ByteRange(0, 90), idle: TimeSpan.FromMilliseconds(300));

        Assert.Equal(OriginFault.Broken, problem?.Fault);
        Assert.Contains("too slow", problem!.Message, StringComparison.Ordinal);
        Assert.InRange(taken, 1, 89);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("100000", 600)]
    [InlineData("Fri, 31 Dec 1999 23:59:59 GMT", 0)]
    public async Task Too_many_requests_says_when_to_come_back_within_bounds(string header, int seconds)
    {
        using var server = new RawWeb($"HTTP/1.1 429 X\nRetry-After: {header}\nContent-Length: 0", []);

        var (problem, _) = await ReadAsync(server.Address, new ByteRange(0, 10));

        Assert.Equal((OriginFault.Busy, TimeSpan.FromSeconds(seconds)), (problem!.Fault, problem.RetryAfter));
    }

    [Fact]
    public async Task The_tag_of_the_listing_is_asked_for_with_each_range()
    {
        string? asked = null;
        await using var server = await TestWeb.StartAsync(http =>
        {
            asked = http.Request.Headers.IfMatch;
            http.Response.StatusCode = 412;
            return Task.CompletedTask;
        });

        await ReadAsync(server.Address, new ByteRange(0, 10));

        Assert.Equal("\"v1\"", asked);
    }
}
