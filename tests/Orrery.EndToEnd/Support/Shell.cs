using System.Diagnostics;
using System.Text;

namespace Orrery.EndToEnd.Support;

/// <param name="Code">Exit code; -1 when it had to be killed at its time limit.</param>
internal sealed record Ran(int Code, string Output, string Errors)
{
    public override string ToString() => $"exit code {Code}\n--- stdout\n{Output}\n--- stderr\n{Errors}";
}

/// <summary>Runs programs as a person at a terminal would.</summary>
internal static class Shell
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>A bash command line, run in the checkout.</summary>
    public static Task<Ran> BashAsync(string line, IReadOnlyDictionary<string, string>? env = null, TimeSpan? limit = null)
        => RunAsync("bash", ["-c", line], env, limit);

    public static async Task<Ran> RunAsync(string program, string[] args, IReadOnlyDictionary<string, string>? env = null, TimeSpan? limit = null)
    {
        using var process = Start(program, args, env);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        process.StandardInput.Close();
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(limit ?? Limit);
        try
        {
            await process.WaitForExitAsync(late.Token);
            return new Ran(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return new Ran(-1, await output, await errors);
        }
    }

    public static Process Start(string program, string[] args, IReadOnlyDictionary<string, string>? env = null)
    {
        // What a shell starts in the background ignores Ctrl-C, and so would all that it starts; at a terminal nothing does.
        if (Interrupts.AreIgnored)
            (program, args) = ("env", ["--default-signal=INT", program, .. args]);
        var start = new ProcessStartInfo(program, args)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in env ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>The program's path; the test is skipped by its name where it is not installed.</summary>
    public static string Need(string program)
    {
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, $"'{program}' is not on this machine");
        return found!;
    }
}
