using System.Net;
using Orrery.Resources;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;

namespace Orrery.Api.Tests.Logs;

public sealed class PodLogTests
{
    private const string Pods = "/api/v1/namespaces/default/pods";
    private const string Log = $"{Pods}/stories-engine-0/log";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pods_log_is_what_its_replica_wrote()
    {
        await using var api = await StartAsync();
        api.Workloads.Written.AddRange([Line("loading"), Line("ready")]);

        Assert.Equal("loading\nready\n", await api.Client.GetStringAsync($"{Log}?container=engine", Ct));
        Assert.Equal("2026-01-31T12:00:00.123456700Z ready\n", await api.Client.GetStringAsync($"{Log}?tailLines=1&timestamps=true", Ct));
        Assert.Equal("loading\nr", await api.Client.GetStringAsync($"{Log}?limitBytes=9", Ct));
        Assert.All(api.Workloads.Asked, a => Assert.Equal(new WorkloadKey("default", "stories-engine"), a.Key));
        Assert.All(api.Workloads.Asked, a => Assert.Equal(("stories-engine-0", LogRuns.Current), (a.Request.Replica, a.Request.Runs)));
    }

    [Fact]
    public async Task Times_reach_the_runtime()
    {
        await using var api = await StartAsync();
        var before = TimeProvider.System.GetUtcNow();

        await api.Client.GetStringAsync($"{Log}?sinceTime=2026-01-31T12%3A00%3A00Z", Ct);
        await api.Client.GetStringAsync($"{Log}?sinceSeconds=60", Ct);

        Assert.Equal(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero), api.Workloads.Asked[0].Request.Since);
        Assert.InRange(api.Workloads.Asked[1].Request.Since!.Value, before.AddSeconds(-61), TimeProvider.System.GetUtcNow().AddSeconds(-59));
    }

    [Fact]
    public async Task Following_gives_each_line_as_it_comes_and_stops_reading_when_the_client_goes()
    {
        await using var api = await StartAsync();
        using (var response = await api.Client.GetAsync($"{Log}?follow=true", HttpCompletionOption.ResponseHeadersRead, Ct))
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
            api.Workloads.Coming.Writer.TryWrite(Line("zwölf"));
            Assert.Equal("zwölf", await reader.ReadLineAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct));
            Assert.Equal(1, api.Workloads.Following);
        }

        // No further line comes: the server must notice by the connection alone.
        await Eventually.TrueAsync(() => api.Workloads.Following == 0, () => "the server still reads the log");
    }

    [Theory]
    [InlineData($"{Pods}/absent/log", HttpStatusCode.NotFound, "absent")]
    [InlineData($"{Log}?container=sidecar", HttpStatusCode.BadRequest, "sidecar is not valid for pod stories-engine-0; it has: engine")]
    [InlineData($"{Log}?previous=true", HttpStatusCode.BadRequest, "previous terminated container")]
    [InlineData($"{Log}?tailLines=-1", HttpStatusCode.BadRequest, "tailLines")]
    [InlineData($"{Log}?sinceSeconds=0", HttpStatusCode.BadRequest, "sinceSeconds")]
    [InlineData($"{Log}?limitBytes=x", HttpStatusCode.BadRequest, "limitBytes")]
    [InlineData($"{Log}?sinceTime=yesterday", HttpStatusCode.BadRequest, "sinceTime")]
    [InlineData($"{Log}?sinceSeconds=5&sinceTime=2026-01-31T12%3A00%3A00Z", HttpStatusCode.BadRequest, "at most one")]
    [InlineData($"{Log}?follow=maybe", HttpStatusCode.BadRequest, "follow")]
    public async Task What_cannot_be_read_is_refused(string path, HttpStatusCode expected, string why)
    {
        await using var api = await StartAsync();

        using var response = await api.Client.GetAsync(path, Ct);

        Assert.Equal(expected, response.StatusCode);
        Assert.Contains(why, await response.Content.ReadAsStringAsync(Ct));
    }

    [Theory]
    [InlineData("POST", Pods)]
    [InlineData("PUT", $"{Pods}/stories-engine-0")]
    [InlineData("PATCH", $"{Pods}/stories-engine-0")]
    public async Task Pods_are_not_written_by_clients(string method, string path)
    {
        await using var api = await StartAsync();

        var (code, status) = await api.SendAsync(method, path, "{}");

        Assert.Equal(405, code);
        Assert.Contains("InferenceService", (string?)status["message"]);
    }

    private static async Task<TestApi> StartAsync()
    {
        var api = await TestApi.StartAsync();
        (await api.Store.CreateAsync(Document.From(SamplePod.Ready()), Ct)).Stored();
        return api;
    }

    private static LogLine Line(string text)
        => new("stories-engine-0", new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero).AddTicks(1234567), IsError: false, text);
}
