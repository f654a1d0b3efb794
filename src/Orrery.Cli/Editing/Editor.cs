using System.ComponentModel;
using System.Diagnostics;
using Orrery.Cli.Client;

namespace Orrery.Cli.Editing;

/// <summary>The person's editor: <c>ORRERY_EDITOR</c>, <c>EDITOR</c>, else <c>vi</c>, at this terminal.</summary>
internal static class Editor
{
    /// <summary>Back when the person leaves it.</summary>
    /// <exception cref="CliException">It cannot be started, or says that it failed.</exception>
    public static async Task RunAsync(string file, CancellationToken ct)
    {
        string command = Set("ORRERY_EDITOR") ?? Set("EDITOR") ?? "vi";
        // The variable may hold words besides the program, as in "code --wait"; the file is no part of what the shell reads.
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"{command} \"$1\"", "sh", file]);
        try
        {
            using var editor = Process.Start(start)!;
            await editor.WaitForExitAsync(ct);
            if (editor.ExitCode != 0)
                throw new CliException($"The editor '{command}' ended with exit code {editor.ExitCode}; nothing was changed. The text is in {file}. Another editor: ORRERY_EDITOR.");
        }
        catch (Win32Exception e)
        {
            throw new CliException($"The editor '{command}' cannot be started: {e.Message}. Another editor: ORRERY_EDITOR.");
        }
    }

    private static string? Set(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
