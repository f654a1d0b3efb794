using System.Net;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>An <c>up</c> that is told to stop.</summary>
public sealed class SignalTests : IAsyncDisposable
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
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_stops_everything_within_5_seconds_and_a_second_up_continues(string signal)
    {
        _up = await UpProcess.StartAsync(_folder.File("home"));
        string home = _up.Home;
        string key = _up.Key;
        await _up.OrreryOutputAsync("apply", "-f", "samples/service.yaml");
        await _up.OrreryOutputAsync("delete", "isvc", "planets");

        await _up.SignalAsync(signal);
        int code = await _up.EndedAsync(TimeSpan.FromSeconds(5));
        var left = Processes.Mentioning(_folder.Path);
        await _up.DisposeAsync();
        _up = await UpProcess.StartAsync(home);
        string services = await _up.OrreryOutputAsync("get", "isvc", "-o", "name");

        Assert.Equal(0, code);
        Assert.Empty(left);
        Assert.Equal(key, _up.Key);
        Assert.Equal("inferenceservices.orrery.dev/planetarium\n", services);
        Assert.Contains("2 moons", await _up.OrreryOutputAsync("chat", "planetarium", "How many moons does Mars have?"));
    }

    [Fact]
    public async Task A_signal_lets_a_stream_finish_within_the_grace_period_of_its_replica_and_begins_nothing_new()
    {
        _up = await SlowService.StartAsync(_folder, "patient", gracePeriod: 25);
        using var http = _up.Client();

        var (text, ended, _) = await SlowService.StreamAsync(http, 50, async _ =>
        {
            await _up.SignalAsync("TERM");
            await Eventually.SeesAsync<object>(async () => await IsRefusedAsync(http) ? "refused" : null, () => _up.Errors);
        });

        Assert.True(ended, text);
        Assert.Contains("\"49 \"", text);
        Assert.Equal(0, await _up.EndedAsync(TimeSpan.FromSeconds(5)));
        Assert.Empty(Processes.Mentioning(_folder.Path));
    }

    private static async Task<bool> IsRefusedAsync(HttpClient http)
    {
        using var answer = await http.PostAsync("/v1/completions", new StringContent("""{"model":"slow","prompt":"x","max_tokens":1}"""), Ct);
        return answer is { StatusCode: HttpStatusCode.ServiceUnavailable, Headers: { RetryAfter: not null, ConnectionClose: true } };
    }

    [Fact]
    public async Task A_second_signal_ends_what_a_first_one_waits_for()
    {
        _up = await SlowService.StartAsync(_folder, "patient", gracePeriod: 25);
        using var http = _up.Client();

        bool ended = false;
        using var cut = new CancellationTokenSource();
        var signals = Task.CompletedTask;
        try
        {
            (_, ended, _) = await SlowService.StreamAsync(http, 1000, _ =>
            {
                signals = SignalUntilAsync(cut.Token);
                return Task.CompletedTask;
            });
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The connection may be cut in the middle of a piece.
        }
        await cut.CancelAsync();
        await signals;

        Assert.False(ended);
        Assert.Equal(0, await _up.EndedAsync(TimeSpan.FromSeconds(5)));
        Assert.Empty(Processes.Mentioning(_folder.Path));
    }

    // Until it waits for answers, a further signal is the same as the first.
    private async Task SignalUntilAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await _up!.SignalAsync("INT");
            await Task.Delay(100, Ct);
        }
    }
}
