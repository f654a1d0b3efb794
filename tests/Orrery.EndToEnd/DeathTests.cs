using System.Diagnostics;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>Replicas and <c>up</c> itself that are killed or stopped at the worst moment.</summary>
public sealed class DeathTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private UpProcess? _up;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_up is not null)
            await _up.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("KILL")]
    [InlineData("STOP")]
    public async Task A_stream_whose_replica_dies_or_stops_ends_with_an_error_event_and_the_next_request_works(string signal)
    {
        _up = await SlowService.StartAsync(_folder);
        using var http = _up.Client();
        Stopwatch? since = null;

        var (text, ended, pid) = await SlowService.StreamAsync(http, 1000, async replica =>
        {
            var ran = await Shell.RunAsync("kill", [$"-{signal}", replica.ToString()]);
            Assert.True(ran.Code == 0, ran.ToString());
            since = Stopwatch.StartNew();
        });
        var took = since!.Elapsed;
        var next = await SlowService.StreamAsync(http, 3);

        Assert.Contains("\"error\"", text);
        Assert.False(ended);
        Assert.True(took < TimeSpan.FromSeconds(20), $"the error came after {took}");
        Assert.True(next.Ended, next.Text);
        Assert.NotEqual(pid, next.Pid);
    }

    [Fact]
    public async Task When_up_is_killed_nothing_that_it_started_lives_5_seconds_later_and_nothing_acknowledged_is_lost()
    {
        _up = await SlowService.StartAsync(_folder, "deaf");
        using (var http = _up.Client())
            Assert.True((await SlowService.StreamAsync(http, 3)).Ended);
        string home = _up.Home;
        int before = Processes.Mentioning(_folder.Path).Count;
        for (int i = 0; i < 20; i++)
        {
            string file = _folder.File("acknowledged.yaml");
            await File.WriteAllTextAsync(file, string.Join("---\n", Enumerable.Range(i * 10, 10).Select(n => $$"""
                apiVersion: v1
                kind: Secret
                metadata: {name: kept-{{n}}}
                stringData: {a: b}

                """)), Ct);
            await _up.OrreryOutputAsync("apply", "-f", file);
            if (i == 2)
                break;
        }

        await _up.SignalAsync("KILL");
        await _up.EndedAsync(TimeSpan.FromSeconds(5));
        await Eventually.TrueAsync(
            () => Processes.Mentioning(_folder.Path).Count == 0,
            () => string.Join('\n', Processes.Mentioning(_folder.Path).Select(p => $"{p} {Processes.CommandLine(p)}")),
            TimeSpan.FromSeconds(5));
        await _up.DisposeAsync();
        _up = await SlowService.StartHomeAsync(_folder);
        string names = await _up.OrreryOutputAsync("get", "secrets", "-o", "name");

        Assert.True(before >= 4, $"{before} processes ran before: up, supervisor, engine, script and its child were expected");
        Assert.Equal(Enumerable.Range(0, 30).Select(n => $"secrets/kept-{n}").Order(), names.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
        using (var http = _up.Client())
            Assert.True((await SlowService.StreamAsync(http, 3)).Ended);
    }

    [Fact]
    public async Task When_the_whole_process_group_of_up_is_killed_nothing_lives_5_seconds_later()
    {
        _up = await UpProcess.StartAsync(_folder.File("home"), env: null, ownGroup: true);
        var running = Processes.Mentioning(_folder.Path);

        var ran = await Shell.RunAsync("kill", ["-KILL", "--", $"-{Processes.GroupOf(_up.Process.Id)}"]);

        Assert.True(ran.Code == 0, ran.ToString());
        Assert.True(running.Count >= 3, $"{running.Count} processes ran");
        await Eventually.TrueAsync(
            () => Processes.Mentioning(_folder.Path).Count == 0,
            () => string.Join('\n', Processes.Mentioning(_folder.Path).Select(p => $"{p} {Processes.CommandLine(p)}")),
            TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_request_to_a_service_at_zero_starts_a_replica_and_waits_for_it()
    {
        await File.WriteAllTextAsync(_folder.File("zero.yaml"), """
            apiVersion: orrery.dev/v1alpha1
            kind: InferenceService
            metadata: {name: sleeper}
            spec: {model: {name: planets}, engine: {minReplicas: 0}}
            """, Ct);
        _up = await UpProcess.StartAsync(_folder.File("home"));
        await _up.OrreryOutputAsync("apply", "-f", _folder.File("zero.yaml"));
        await Eventually.SeesAsync(
            async () => (await _up.OrreryOutputAsync("get", "isvc", "sleeper")) is var seen && seen.Contains("ScaledToZero") ? seen : null, () => "not at zero");

        Assert.Contains("2 moons", await _up.OrreryOutputAsync("chat", "sleeper", "How many moons does Mars have?"));
    }
}
