using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Orrery.Replica.Tests;

public sealed class HostTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_is_503_until_a_first_token_has_been_generated()
    {
        var gate = new TaskCompletionSource();
        var model = new ScriptedModel { Script = (_, ct) => ScriptedModel.Gated("", gate.Task, "H", ct) };
        await using var replica = await ReplicaUnderTest.StartAsync(model);

        using var before = await replica.Client.GetAsync("/health", Ct);
        gate.SetResult();
        await replica.Host.WarmedUp.WaitAsync(Ct);
        using var after = await replica.Client.GetAsync("/health", Ct);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, before.StatusCode);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.All(model.Requests, request => Assert.Equal(1, request.MaxTokens));
    }

    [Fact]
    public async Task Before_it_is_healthy_it_has_answered_itself_over_its_socket()
    {
        using var folder = new TempFolder();
        foreach (var options in (ReplicaOptions[])[new(), new() { SocketPath = folder.File("r.sock") }])
        {
            var model = new ScriptedModel();
            await using var replica = await ReplicaUnderTest.StartAsync(model, options);

            await replica.Host.WarmedUp.WaitAsync(Ct);

            Assert.Equal(3, model.Requests.Count);                      // the model alone, a completion, a chat
        }
    }

    [Fact]
    public async Task A_model_that_cannot_generate_ends_the_replica()
    {
        var model = new ScriptedModel { Script = (_, _) => ScriptedModel.Failing("", new InvalidDataException("tensor missing")) };
        await using var replica = await ReplicaUnderTest.StartAsync(model);

        var e = await Assert.ThrowsAsync<InvalidDataException>(() => replica.Host.RunAsync(Ct));

        Assert.Equal("tensor missing", e.Message);
    }

    [Fact]
    public async Task It_runs_until_cancelled_and_then_listens_no_more()
    {
        await using var replica = await ReplicaUnderTest.StartAsync(new ScriptedModel());
        using var stop = new CancellationTokenSource();
        var running = replica.Host.RunAsync(stop.Token);
        using var models = await replica.Client.GetAsync("/v1/models", Ct);

        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(20), Ct);

        Assert.Contains("\"id\":\"scripted\"", await models.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(() => replica.Client.GetAsync("/health", Ct));
    }

    [Fact]
    public async Task A_unix_socket_serves_and_is_gone_afterwards()
    {
        using var folder = new TempFolder();
        var options = new ReplicaOptions { SocketPath = folder.File("r.sock") };
        await using (var replica = await ReplicaUnderTest.StartWarmAsync(new ScriptedModel(), options))
        {
            using var response = await replica.PostAsync("/v1/completions", """{"prompt":"x"}""");

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal($"unix:{options.SocketPath}", replica.Host.Address);
        }

        Assert.False(Path.Exists(options.SocketPath));
    }

    [Fact]
    public async Task A_socket_that_a_dead_process_left_is_replaced()
    {
        using var folder = new TempFolder();
        string path = folder.File("r.sock");
        // Closing a socket removes its file; under another name it stays, as it does when a process is killed.
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(folder.File("first.sock")));
            File.Move(folder.File("first.sock"), path);
        }
        Assert.True(Path.Exists(path));

        await using var replica = await ReplicaUnderTest.StartWarmAsync(new ScriptedModel(), new ReplicaOptions { SocketPath = path });

        using var response = await replica.Client.GetAsync("/health", Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_socket_that_somebody_listens_on_is_not_taken_away()
    {
        using var folder = new TempFolder();
        var options = new ReplicaOptions { SocketPath = folder.File("r.sock") };
        await using var first = await ReplicaUnderTest.StartWarmAsync(new ScriptedModel(), options);

        var e = await Assert.ThrowsAsync<IOException>(() => ReplicaUnderTest.StartAsync(new ScriptedModel(), options));

        Assert.Contains(options.SocketPath, e.Message, StringComparison.Ordinal);
        using var response = await first.Client.GetAsync("/health", Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_file_that_is_no_socket_is_not_deleted()
    {
        using var folder = new TempFolder();
        string path = folder.File("precious.txt");
        await File.WriteAllTextAsync(path, "precious", Ct);

        await Assert.ThrowsAsync<IOException>(() => ReplicaUnderTest.StartAsync(new ScriptedModel(), new ReplicaOptions { SocketPath = path }));

        Assert.Equal("precious", await File.ReadAllTextAsync(path, Ct));
    }

    [Fact]
    public async Task A_port_in_use_is_an_IOException()
    {
        await using var first = await ReplicaUnderTest.StartAsync(new ScriptedModel());
        var options = new ReplicaOptions { Port = new Uri(first.Host.Address).Port };

        var e = await Assert.ThrowsAsync<IOException>(() => ReplicaUnderTest.StartAsync(new ScriptedModel(), options));

        Assert.Contains($"{options.Port}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_problems_of_the_options_are_told_at_once()
    {
        var options = new ReplicaOptions { SocketPath = new string('x', 200), Port = -1, MaxBodyBytes = 0 };

        var e = await Assert.ThrowsAsync<ArgumentException>(
            () => ReplicaHost.StartAsync(new ScriptedModel(), options, TimeProvider.System, NullLoggerFactory.Instance, Ct));

        Assert.Equal(3, options.Problems().Count());
        Assert.All(["socketPath:", "port:", "maxBodyBytes:"], name => Assert.Contains(name, e.Message, StringComparison.Ordinal));
    }
}
