using System.Diagnostics;
using static Orrery.ModelAgent.Tests.Arrivals.AgentUnderTest;

namespace Orrery.ModelAgent.Tests.Arrivals;

public sealed class KillTests
{
    private const int Segment = 64 * 1024;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_kill_in_the_middle_what_is_here_is_not_fetched_again()
    {
        await using var test = await StartAsync();
        var files = Model(4_000_000);
        test.Hub.Commit("org/m", files);
        var gate = new SemaphoreSlim(120);
        test.Hub.Pace = gate.WaitAsync;

        using (var process = Process.Start(new ProcessStartInfo("dotnet", [.. Program.Command, "fetch", test.Hub.Address.ToString(), test.Folder]) { RedirectStandardOutput = true })!)
        {
            await Eventually.TrueAsync(() => gate.CurrentCount == 0, () => $"{gate.CurrentCount} pieces left", TimeSpan.FromSeconds(60));
            process.Kill();
            await process.WaitForExitAsync(Ct);
        }
        await Eventually.TrueAsync(() => test.Hub.FilesAtOnce == 0, () => "still served");
        long before = test.Hub.BytesServed;
        test.Hub.Pace = _ => Task.CompletedTask;
        test.Restart();
        var here = await test.HereAsync(Request());

        Assert.Equal(files["model.safetensors"], await File.ReadAllBytesAsync(Path.Combine(here.Path, "model.safetensors"), Ct));
        Assert.True(before > 1_500_000, $"{before} bytes were served before the kill");
        // Segments that were not complete come again: one per connection, and what the kernel had in its buffers.
        Assert.InRange(test.Hub.BytesServed - before, 1, 4_000_024 - before + (2 * test.Options.MaxConnectionsPerFile * Segment));
    }
}
