using System.Diagnostics;

namespace Orrery.Testing;

/// <summary>Prometheus' own reader of metrics, from the PATH or from the tests' cache, where <c>./test</c> puts it.</summary>
internal static class PromTool
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);

    /// <summary>What <c>promtool check metrics</c> has against a text; empty: nothing. The test is skipped by name where there is no promtool.</summary>
    public static async Task<string> ProblemsAsync(string metrics)
    {
        string? program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Append(Path.Combine(TestCache.Path, "root", "usr", "bin")).Select(folder => Path.Combine(folder, "promtool")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "promtool is not on this machine");

        using var process = Process.Start(new ProcessStartInfo(program!, ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(Bound);
        var output = process.StandardOutput.ReadToEndAsync(bound.Token);
        var errors = process.StandardError.ReadToEndAsync(bound.Token);
        await process.StandardInput.WriteAsync(metrics.AsMemory(), bound.Token);
        process.StandardInput.Close();
        await process.WaitForExitAsync(bound.Token);
        string said = await output + await errors;
        return process.ExitCode == 0 ? said : $"exit code {process.ExitCode}: {said}";
    }
}
