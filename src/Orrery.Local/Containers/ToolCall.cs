using System.ComponentModel;
using System.Diagnostics;

namespace Orrery.Local.Containers;

/// <summary>Runs a program to its end.</summary>
/// <param name="bound">Longest that it may take; it is killed then.</param>
internal delegate Task<ToolAnswer> CallTool(IReadOnlyList<string> argv, TimeSpan bound, CancellationToken ct);

/// <param name="Code">Its exit code. Null: it did not start, or not end in time.</param>
/// <param name="Error">The last that it wrote to its standard error, or why it did not run.</param>
internal sealed record ToolAnswer(int? Code, string Output, string Error)
{
    /// <summary>Its last words in one line.</summary>
    public string Why => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [.., var last]
        ? last[..Math.Min(last.Length, MaxWords)]
        : Code is { } code ? $"it ended with exit code {code}" : "it did not answer";

    private const int MaxWords = 500;
}

internal static class ToolCall
{
    private const int MaxChars = 256 * 1024;

    public static async Task<ToolAnswer> RunAsync(IReadOnlyList<string> argv, TimeSpan bound, CancellationToken ct)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct);
        both.CancelAfter(bound);
        Process? process = null;
        try
        {
            process = Process.Start(new ProcessStartInfo(argv[0], argv.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.StandardInput.Close();
            var output = LastAsync(process.StandardOutput, both.Token);
            var error = LastAsync(process.StandardError, both.Token);
            await process.WaitForExitAsync(both.Token);
            return new ToolAnswer(process.ExitCode, await output, await error);
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            return new ToolAnswer(null, "", e.Message);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new ToolAnswer(null, "", $"{argv[0]} took longer than {bound.TotalSeconds:0} s");
        }
        finally
        {
            if (process is { HasExited: false })
                process.Kill(entireProcessTree: true);
            process?.Dispose();
        }
    }

    /// <summary>Progress of a download is endless; its end counts.</summary>
    private static async Task<string> LastAsync(StreamReader reader, CancellationToken ct)
    {
        string kept = "";
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer, ct) is > 0 and var read)
        {
            kept += new string(buffer, 0, read);
            if (kept.Length > MaxChars)
                kept = kept[^MaxChars..];
        }
        return kept;
    }
}
