using System.Runtime.InteropServices;

namespace Orrery.Cli.Output;

/// <summary>
/// Tells when the reader of standard output is gone, as in <c>orrery get isvc -w | head</c>. The runtime writes to a pipe without readers as if
/// nothing were wrong, and a watch may have nothing to write for hours; so the pipe itself is asked.
/// </summary>
internal sealed partial class ReaderWatch : IDisposable
{
    private const int StandardOutput = 1;
    private const short Error = 8;
    private const short HungUp = 16;

    // How long one question to the pipe waits: the bound of how late this ends, not of how late it notices.
    private const int WaitMs = 250;

    private readonly CancellationTokenSource _gone;
    private readonly Thread _thread;
    private volatile bool _ended;
    private volatile bool _isGone;

    public ReaderWatch(CancellationToken ct)
    {
        _gone = CancellationTokenSource.CreateLinkedTokenSource(ct);
        _thread = new Thread(Look) { IsBackground = true, Name = "reader of the output" };
        _thread.Start();
    }

    /// <summary>Cancelled when the reader is gone, or when the command is.</summary>
    public CancellationToken Token => _gone.Token;

    public bool IsGone => _isGone;

    /// <summary>Runs until done or until the reader is gone, which is an end like any other.</summary>
    public static async Task RunAsync(Func<CancellationToken, Task> act, CancellationToken ct)
    {
        using var reader = new ReaderWatch(ct);
        try
        {
            await act(reader.Token);
        }
        catch (OperationCanceledException) when (reader.IsGone)
        {
            // Nobody wants more.
        }
    }

    public void Dispose()
    {
        _ended = true;
        // What is cancelled may go on right here, on the thread that cancels: it cannot wait for itself.
        if (Thread.CurrentThread == _thread)
            return;
        _thread.Join();
        _gone.Dispose();
    }

    private void Look()
    {
        while (!_ended)
        {
            var output = new PollFd { Fd = StandardOutput };
            if (Poll(ref output, 1, WaitMs) <= 0)
                continue;
            if ((output.Returned & (Error | HungUp)) != 0)
            {
                _isGone = true;
                _gone.Cancel();
            }
            // Else the output is closed or of a sort that cannot be asked.
            return;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollFd fds, nuint count, int timeoutMs);
}
