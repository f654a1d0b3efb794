using System.ComponentModel;
using System.Diagnostics;

namespace Orrery.Local.Machine;

/// <summary>Asks the vendors' tools about their accelerators. A driver in trouble makes them hang, so each gets 10 seconds.</summary>
internal static class MachineTools
{
    private const int MaxChars = 256 * 1024;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    /// <returns>What it printed; empty when it is not there, fails, or takes too long.</returns>
    public static async Task<string> AskAsync(string tool, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bound.CancelAfter(Bound);
        Process? process = null;
        try
        {
            process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
            if (process is null)
                return "";
            // Nobody reads what it complains about, and a full pipe would stop it.
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var buffer = new char[MaxChars];
            int read = await process.StandardOutput.ReadBlockAsync(buffer, bound.Token);
            await process.WaitForExitAsync(bound.Token);
            return process.ExitCode == 0 ? new string(buffer, 0, read) : "";
        }
        catch (Exception e) when (e is Win32Exception or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return "";
        }
        finally
        {
            if (process is { HasExited: false })
                process.Kill(entireProcessTree: true);
            process?.Dispose();
        }
    }
}
