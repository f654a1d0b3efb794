using System.Net;
using Orrery.Resources.Workloads;

namespace Orrery.Api.Tests.Logs;

public sealed class ServiceLogTests
{
    private const string Log = $"{TestApi.Services}/stories/log";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lines_name_their_replica_and_the_last_ones_can_be_asked_for()
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("stories");
        api.Workloads.Written.AddRange([Line("loading"), Line("ready")]);

        Assert.Equal("[stories-engine-0] loading\n[stories-engine-0] ready\n", await api.Client.GetStringAsync(Log, Ct));
        Assert.Equal("[stories-engine-0] ready\n", await api.Client.GetStringAsync($"{Log}?tailLines=1", Ct));
        Assert.All(api.Workloads.Asked, a => Assert.Equal(new WorkloadKey("default", "stories-engine"), a.Key));
    }

    [Fact]
    public async Task Following_gives_each_line_as_it_comes()
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("stories");
        using var response = await api.Client.GetAsync($"{Log}?follow=true", HttpCompletionOption.ResponseHeadersRead, Ct);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));

        foreach (string text in new[] { "one", "zwölf" })
        {
            api.Workloads.Coming.Writer.TryWrite(Line(text));
            Assert.Equal($"[stories-engine-0] {text}", await reader.ReadLineAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct));
        }
    }

    [Theory]
    [InlineData("/apis/orrery.dev/v1alpha1/namespaces/default/inferenceservices/absent/log", HttpStatusCode.NotFound)]
    [InlineData($"{Log}?tailLines=-1", HttpStatusCode.BadRequest)]
    [InlineData($"{Log}?follow=maybe", HttpStatusCode.BadRequest)]
    public async Task What_cannot_be_read_is_refused(string path, HttpStatusCode expected)
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("stories");

        Assert.Equal(expected, (await api.Client.GetAsync(path, Ct)).StatusCode);
    }

    private static LogLine Line(string text) => new("stories-engine-0", DateTimeOffset.UnixEpoch, IsError: false, text);
}
