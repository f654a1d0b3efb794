using Microsoft.AspNetCore.Http;
using Orrery.Control.Models;
using static Orrery.ModelAgent.Tests.Arrivals.AgentUnderTest;

namespace Orrery.ModelAgent.Tests.Arrivals;

/// <summary>A hub that misbehaves. Whatever it does, the model arrives as it was announced, or does not arrive.</summary>
public sealed class HostileOriginTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static bool IsContent(HttpContext http) => http.Request.Path.StartsWithSegments("/contents");

    /// <summary>Answers the first so many questions for large files in its own way.</summary>
    private static Func<HttpContext, Task<bool>> First(int times, Func<HttpContext, Task> answer)
    {
        int left = times;
        return async http =>
        {
            if (!IsContent(http) || Interlocked.Decrement(ref left) < 0)
                return false;
            await answer(http);
            return true;
        };
    }

    private static async Task ArrivesAsync(Func<TestHubOf, Func<HttpContext, Task<bool>>> misbehave)
    {
        await using var test = await StartAsync();
        var files = Model(500_000);
        test.Hub.Commit("org/m", files);
        test.Hub.Before = misbehave(new TestHubOf(test, files["model.safetensors"]));

        var here = await test.HereAsync(Request());

        Assert.Equal(files["model.safetensors"], await File.ReadAllBytesAsync(Path.Combine(here.Path, "model.safetensors"), Ct));
    }

    private sealed record TestHubOf(AgentUnderTest Test, byte[] Content);

    [Fact]
    public Task Connections_that_are_cut_are_taken_up_where_they_ended()
    {
        int cuts = 40;
        return ArrivesAsync(hub => async http =>
        {
            if (!IsContent(http) || Interlocked.Decrement(ref cuts) < 0)
                return false;
            string[] ends = http.Request.Headers.Range[0]!["bytes=".Length..].Split('-');
            int from = int.Parse(ends[0]), to = int.Parse(ends[1]), count = Math.Min(to - from, 5000);
            http.Response.StatusCode = 206;
            http.Response.Headers.ContentRange = $"bytes {from}-{to}/{hub.Content.Length}";
            http.Response.ContentLength = to - from + 1;
            await http.Response.Body.WriteAsync(hub.Content.AsMemory(from, count), Ct);
            // The server closes the connection itself: fewer bytes than it said.
            return true;
        });
    }

    [Fact]
    public Task Failing_and_busy_is_waited_out()
    {
        int n = 0;
        return ArrivesAsync(_ => First(4, http =>
        {
            http.Response.StatusCode = (Interlocked.Increment(ref n) % 2) == 0 ? 429 : 503;
            http.Response.Headers.RetryAfter = "0";
            return Task.CompletedTask;
        }));
    }

    [Fact]
    public Task A_store_that_ignores_ranges_is_read_in_one_piece()
        => ArrivesAsync(_ => http =>
        {
            if (IsContent(http))
                http.Request.Headers.Remove("Range");
            return Task.FromResult(false);
        });

    [Fact]
    public Task Wrong_bytes_left_by_an_earlier_try_are_fetched_again()
        => ArrivesAsync(hub =>
        {
            // Half of it comes, the process ends, and the disk is damaged: only the digest at the end can tell.
            int calls = 0;
            hub.Test.Hub.Pace = ct => Interlocked.Increment(ref calls) > 20 ? Task.Delay(Timeout.Infinite, ct) : Task.CompletedTask;
            hub.Test.Agent.Look(Request());
            Eventually.TrueAsync(() => calls > 20, () => $"{calls} pieces").Wait(Ct);
            hub.Test.Agent.DisposeAsync().AsTask().Wait(Ct);
            string partial = Directory.EnumerateFiles(Path.Combine(hub.Test.Folder, "partial"), "*.bytes").Single(f => new FileInfo(f).Length == 500_000);
            File.WriteAllBytes(partial, new byte[500_000]);
            hub.Test.Hub.Pace = _ => Task.CompletedTask;
            hub.Test.Restart();
            return _ => Task.FromResult(false);
        });

    [Fact]
    public async Task Other_bytes_than_announced_never_become_a_model()
    {
        await using var test = await StartAsync();
        test.Hub.Commit("org/m", Model(500_000));
        test.Hub.Before = async http =>
        {
            if (!IsContent(http))
                return false;
            await test.Hub.FileAsync(http, Bytes(500_000, seed: 9), "\"x\"");
            return true;
        };

        var failed = await test.FailedAsync(Request());

        Assert.Contains("has the digest sha256:", failed.Message, StringComparison.Ordinal);
        Assert.Empty(test.Files("versions"));
        Assert.DoesNotContain(test.Files("partial"), f => new FileInfo(Path.Combine(test.Folder, "partial", f)).Length == 500_000);
    }

    [Fact]
    public async Task Changed_small_files_are_found_out_by_gits_own_name_for_them()
    {
        await using var test = await StartAsync();
        test.Hub.Commit("org/m", Model(10));
        test.Hub.Before = async http =>
        {
            if (!http.Request.Path.Value!.EndsWith("/config.json", StringComparison.Ordinal))
                return false;
            await test.Hub.FileAsync(http, new byte[22], "\"x\"");
            return true;
        };

        Assert.Contains("'config.json' has the digest git:", (await test.FailedAsync(Request())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:///etc/passwd", "only http and https")]
    [InlineData("http://169.254.169.254/latest", "linklocal")]
    public async Task A_redirect_to_where_nothing_is_fetched_from_ends_it(string location, string says)
    {
        await using var test = await StartAsync();
        test.Hub.Commit("org/m", Model(10));
        test.Hub.Before = http =>
        {
            if (!http.Request.Path.Value!.EndsWith(".safetensors", StringComparison.Ordinal))
                return Task.FromResult(false);
            http.Response.StatusCode = 302;
            http.Response.Headers.Location = location;
            return Task.FromResult(true);
        };

        var failed = await test.FailedAsync(Request());

        Assert.Equal("OriginRefused", failed.Reason);
        Assert.Contains(says, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_leads_out_is_refused_and_nothing_is_written_anywhere()
    {
        await using var test = await StartAsync();
        test.Hub.Commit("org/m", new Dictionary<string, byte[]>(Model(10)) { ["../../evil.json"] = [1] });

        var failed = await test.FailedAsync(Request());

        Assert.Equal("FilesNotChosen", failed.Reason);
        Assert.Contains("leads out of its folder", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.GetDirectoryName(test.Folder)!, "*", SearchOption.AllDirectories), f => f.Contains("evil", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_stays_busy_is_given_up_for_a_while()
    {
        await using var test = await StartAsync();
        test.Hub.Commit("org/m", Model(10));
        test.Hub.Before = http =>
        {
            http.Response.StatusCode = 429;
            return Task.FromResult(true);
        };

        var failed = await test.FailedAsync(Request());
        int asked = test.Hub.Asked.Count;
        var again = test.Agent.Look(Request());

        Assert.Equal(("TooManyRequests", TimeSpan.FromMinutes(1)), (failed.Reason, failed.RetryAfter));
        Assert.IsType<ModelArrival.Failed>(again);
        Assert.Equal(6, asked);
    }
}
