using System.Net;
using System.Net.Sockets;
using System.Text;
using Orrery.Gateway.Tests.Fixtures;

namespace Orrery.Gateway.Tests.Requests;

public sealed class BodyBoundTests
{
    private const int HundredMegabytes = 100 * 1024 * 1024;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("announced", true, true)]
    [InlineData("in chunks", false, true)]
    [InlineData("in chunks without an end", false, false)]
    public async Task A_body_of_100_MB_is_413_and_the_connection_ends(string because, bool announced, bool ends)
    {
        await using var gateway = await GatewayUnderTest.StartAsync();
        using var connection = new TcpClient();
        await connection.ConnectAsync(gateway.Client.BaseAddress!.Host, gateway.Client.BaseAddress.Port, Ct);
        var stream = connection.GetStream();
        string length = announced ? $"Content-Length: {HundredMegabytes}" : "Transfer-Encoding: chunked";

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /v1/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {gateway.AdminKey}\r\n{length}\r\n\r\n"), Ct);
        var sending = SendAsync(stream, announced, ends);
        string answer = await ReadToEndAsync(stream).WaitAsync(TimeSpan.FromSeconds(30), Ct);

        Assert.True(answer.StartsWith("HTTP/1.1 413 ", StringComparison.Ordinal), $"{because}: {answer}");
        Assert.Contains("request_too_large", answer, StringComparison.Ordinal);
        await sending;
    }

    [Fact]
    public async Task A_client_that_sends_all_before_it_reads_gets_the_answer()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(new GatewayOptions { MaxBodyBytes = 1024 * 1024 });

        using var response = await gateway.AskAsync("/v1/completions", new byte[8 * 1024 * 1024]);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Theory]
    [InlineData(4096, 503)]
    [InlineData(4097, 413)]
    public async Task The_bound_itself_is_allowed(int bytes, int expected)
    {
        await using var gateway = await GatewayUnderTest.StartAsync(new GatewayOptions { MaxBodyBytes = 4096, ColdStartWait = TimeSpan.Zero });
        await gateway.AddServiceAsync("m");
        await gateway.SeesModelAsync("m", ready: false);
        byte[] body = Encoding.UTF8.GetBytes("""{"model":"m"}""".PadRight(bytes));

        using var announced = await gateway.AskAsync("/v1/completions", body);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = new ByteArrayContent(body) };
        request.Headers.TransferEncodingChunked = true;
        using var chunked = await gateway.Client.SendAsync(request, Ct);

        Assert.Equal([expected, expected], [(int)announced.StatusCode, (int)chunked.StatusCode]);
    }

    [Fact]
    public async Task A_body_that_ends_early_or_lies_about_its_chunks_harms_nobody()
    {
        await using var gateway = await GatewayUnderTest.StartAsync();
        string head = $"POST /v1/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {gateway.AdminKey}\r\n";
        foreach (string rest in new[] { "Content-Length: 50\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "Transfer-Encoding: chunked\r\n\r\n5\r\n{}" })
        {
            using var connection = new TcpClient();
            await connection.ConnectAsync(gateway.Client.BaseAddress!.Host, gateway.Client.BaseAddress.Port, Ct);
            var stream = connection.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head + rest), Ct);
            connection.Client.Shutdown(SocketShutdown.Send);
            string answer = await ReadToEndAsync(stream).WaitAsync(TimeSpan.FromSeconds(30), Ct);
            Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal), answer);
        }

        Assert.Equal("""{"status":"ok"}""", await gateway.Client.GetStringAsync("/healthz", Ct));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("""{"prompt":"x"}""")]
    public async Task A_body_that_is_no_request_is_400(string body)
    {
        await using var gateway = await GatewayUnderTest.StartAsync();

        using var response = await gateway.AskAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.NotNull((await GatewayUnderTest.ErrorAsync(response))["code"]);
    }

    /// <summary>What came before the connection ended, in whichever way it did.</summary>
    private static async Task<string> ReadToEndAsync(NetworkStream stream)
    {
        var all = new MemoryStream();
        byte[] buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, Ct) is > 0 and var read)
                all.Write(buffer, 0, read);
        }
        catch (IOException)
        {
        }
        return Encoding.ASCII.GetString(all.ToArray());
    }

    /// <summary>Zeros, generated as they go, until all is sent or the gateway stops listening.</summary>
    private static async Task SendAsync(NetworkStream stream, bool announced, bool ends)
    {
        byte[] block = new byte[1024 * 1024];
        byte[] head = Encoding.ASCII.GetBytes($"{block.Length:x}\r\n");
        try
        {
            for (int sent = 0; sent < HundredMegabytes; sent += block.Length)
            {
                if (!announced)
                    await stream.WriteAsync(head, Ct);
                await stream.WriteAsync(block, Ct);
                if (!announced)
                    await stream.WriteAsync("\r\n"u8.ToArray(), Ct);
            }
            if (!announced && ends)
                await stream.WriteAsync("0\r\n\r\n"u8.ToArray(), Ct);
        }
        catch (IOException)
        {
        }
    }
}
