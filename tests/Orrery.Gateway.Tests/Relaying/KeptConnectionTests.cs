using System.Net;
using Orrery.Gateway.Tests.Fixtures;

namespace Orrery.Gateway.Tests.Relaying;

public sealed class KeptConnectionTests
{
    private const string Ask = """{"model":"m"}""";
    private const string First = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst";
    private const string Again = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nagain";

    // A replica that was ejected stays so: no test passes because it came back.
    private static readonly GatewayOptions Patient = new() { EjectFor = TimeSpan.FromHours(1), ColdStartWait = TimeSpan.FromSeconds(1) };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_serves_one_request_after_another(bool socket)
    {
        await using var replica = new SocketReplica(
            async (connection, _) =>
            {
                while (await connection.ReadRequestAsync())
                    await connection.SendAsync(First);
            },
            socket);
        await using var gateway = await ServeAsync(replica);

        for (int i = 0; i < 5; i++)
            Assert.Equal("first", await gateway.TextAsync(Ask));

        Assert.Equal(1, replica.Accepted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_that_a_kept_connection_closes_under_is_sent_once_more_to_the_same_replica(bool socket)
    {
        await using var replica = new SocketReplica(
            async (connection, number) =>
            {
                await connection.ReadRequestAsync();
                await connection.SendAsync(number == 1 ? First : Again);
                // Closed with the next request in it, unread: as when it was on its way while the server gave the connection up.
                await connection.SeesRequestAsync();
            },
            socket);
        await using var gateway = await ServeAsync(replica);

        Assert.Equal("first", await gateway.TextAsync(Ask));
        for (int i = 0; i < 5; i++)
            Assert.Equal("again", await gateway.TextAsync(Ask));

        Assert.Equal(6, replica.Read);
        await gateway.SeesModelAsync("m", ready: true);
        await Eventually.TrueAsync(() => gateway.AnswersOf("m-engine") is { All: 6, Failed: 0 }, () => gateway.AnswersOf("m-engine").ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_kept_connection_that_was_closed_while_idle_costs_nothing(bool socket)
    {
        await using var replica = new SocketReplica(
            async (connection, number) =>
            {
                await connection.ReadRequestAsync();
                await connection.SendAsync(number == 1 ? First : Again);
            },
            socket);
        await using var gateway = await ServeAsync(replica);

        Assert.Equal("first", await gateway.TextAsync(Ask));
        for (int i = 0; i < 20; i++)
            Assert.Equal("again", await gateway.TextAsync(Ask));

        Assert.Equal(21, replica.Read);
        await gateway.SeesModelAsync("m", ready: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_replica_that_ends_over_a_request_that_it_has_read_does_not_get_it_again(bool socket)
    {
        await using var dying = new SocketReplica(
            async (connection, _) =>
            {
                await connection.ReadRequestAsync();
                await connection.SendAsync(First);
                await connection.ReadRequestAsync();
            },
            socket);
        await using var gateway = await ServeAsync(dying);

        Assert.Equal("first", await gateway.TextAsync(Ask));
        using var response = await gateway.AskAsync(Ask);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal((2, 1), (dying.Read, dying.Accepted));
        await gateway.SeesModelAsync("m", ready: false);
        Assert.Equal((2, 1), (gateway.AnswersOf("m-engine").All, gateway.AnswersOf("m-engine").Failed));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_replica_that_resets_a_new_connection_has_failed(bool socket)
    {
        await using var dying = new SocketReplica((connection, _) => connection.SeesRequestAsync(), socket);
        await using var gateway = await ServeAsync(dying);

        using var response = await gateway.AskAsync(Ask);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(1, dying.Accepted);
        await gateway.SeesModelAsync("m", ready: false);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_second_sending_is_the_last(bool socket)
    {
        await using var dying = new SocketReplica(
            async (connection, number) =>
            {
                if (number == 1)
                {
                    await connection.ReadRequestAsync();
                    await connection.SendAsync(First);
                }
                await connection.SeesRequestAsync();
            },
            socket);
        await using var gateway = await ServeAsync(dying);

        Assert.Equal("first", await gateway.TextAsync(Ask));
        using var response = await gateway.AskAsync(Ask);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(2, dying.Accepted);
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")]
    public async Task A_server_that_closes_late_gets_each_request_on_a_connection_of_its_own(string answer)
    {
        await using var late = new SocketReplica(
            async (connection, _) =>
            {
                await connection.ReadRequestAsync();
                await connection.SendAsync(answer);
                // Open until the other side closes; a further request would be read and answered by nobody.
                await connection.WaitForCloseAsync();
            },
            socket: false);
        await using var gateway = await ServeAsync(late);

        for (int i = 0; i < 5; i++)
            Assert.Equal("ok", await gateway.TextAsync(Ask));

        Assert.Equal((5, 5), (late.Read, late.Accepted));
    }

    private static async Task<GatewayUnderTest> ServeAsync(IReplica replica)
    {
        var gateway = await GatewayUnderTest.StartAsync(Patient);
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);
        return gateway;
    }
}
