using System.Net;
using System.Net.Sockets;
using System.Text;
using Orrery.Local.Workloads;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Tests;

/// <summary>What probing makes of servers that are slow about their connections.</summary>
public sealed class ReplicaProbeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // A busy machine does this to any server: the answer is there, the close comes when the server has the processor again.
    [Theory]
    [InlineData("HTTP/1.0")]
    [InlineData("HTTP/1.1")]
    public async Task A_server_that_closes_some_time_after_each_answer_becomes_ready(string version)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var serving = ServeAsync(listener, version, stop.Token);

        using var probe = new ReplicaProbe(
            new ReplicaAddress.Port(((IPEndPoint)listener.LocalEndpoint).Port), new Probe { FirstRequestPath = "/first", StartupTimeout = Patience }, TimeProvider.System);
        var told = new TaskCompletionSource<ProbeOutcome>();
        var probing = probe.RunAsync(outcome => told.TrySetResult(outcome), stop.Token);

        Assert.IsType<ProbeOutcome.Ready>(await told.Task.WaitAsync(Patience, Ct));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probing);
        await serving;
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(700, 35)]
    [InlineData(4_000, 200)]
    [InlineData(60_000, 500)]
    public void A_start_is_noticed_within_a_twentieth_of_the_time_that_it_took(int elapsedMs, int pauseMs)
        => Assert.Equal(pauseMs, ReplicaProbe.PauseAfter(TimeSpan.FromMilliseconds(elapsedMs)).TotalMilliseconds);

    /// <summary>One request on each connection; what comes after it on the same one is not read.</summary>
    private static async Task ServeAsync(TcpListener listener, string version, CancellationToken stop)
    {
        byte[] answer = Encoding.ASCII.GetBytes($"{version} 200 OK\r\nContent-Length: 2\r\n\r\n{{}}");
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptTcpClientAsync(stop);
                byte[] request = new byte[4096];
                await connection.GetStream().ReadAtLeastAsync(request, 1, throwOnEndOfStream: false, stop);
                await connection.GetStream().WriteAsync(answer, stop);
                await Task.Delay(TimeSpan.FromMilliseconds(100), stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
