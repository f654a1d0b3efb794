using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orrery.Local.Supervision;

/// <summary>The few system calls that .NET has no door to. Numbers are Linux', the same on x64 and arm64.</summary>
internal static partial class Posix
{
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int SigCont = 18;

    private const int OpenCloseOnExec = 0x80000;
    private const int WaitNoHang = 1;
    private const int SetFdFlags = 2;
    private const int CloseOnExec = 1;
    private const int SetChildSubreaper = 36;
    private const short PollIn = 1;

    /// <summary>From now on orphaned descendants become children of this process instead of init's.</summary>
    public static void BecomeSubreaper()
    {
        if (Prctl(SetChildSubreaper, 1, 0, 0, 0) != 0)
            throw new InvalidOperationException($"prctl(PR_SET_CHILD_SUBREAPER): {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>
    /// A session and process group of its own: a SIGKILL to the group of whoever started this reaches that one alone. Fails where this is
    /// the leader of its group already, which is as good.
    /// </summary>
    public static void LeaveGroup() => _ = SetSid();

    /// <summary>Keeps descriptors that this process inherited from reaching its children.</summary>
    public static void CloseInheritedOnExec()
    {
        foreach (string entry in Directory.GetFiles("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(entry), out int fd) && fd > 2)
                _ = Fcntl(fd, SetFdFlags, CloseOnExec);
        }
    }

    /// <param name="pid">Negative: the process group of that number.</param>
    public static void Signal(int pid, int signal) => _ = Kill(pid, signal);

    /// <summary>A pipe whose ends no child inherits unless it is given one.</summary>
    public static unsafe (SafeFileHandle Read, SafeFileHandle Write) Pipe()
    {
        int* fds = stackalloc int[2];
        if (Pipe2(fds, OpenCloseOnExec) != 0)
            throw new IOException($"pipe: {Marshal.GetLastPInvokeErrorMessage()}");
        return (new SafeFileHandle(fds[0], ownsHandle: true), new SafeFileHandle(fds[1], ownsHandle: true));
    }

    /// <summary>One child that ended and has not been asked about yet.</summary>
    /// <param name="none">True: this process has no children at all.</param>
    public static ExitedChild? Reap(out bool none)
    {
        int pid = WaitPid(-1, out int status, WaitNoHang);
        none = pid < 0;
        int signal = status & 0x7F;
        return pid <= 0 ? null : new ExitedChild(pid, signal == 0 ? (status >> 8) & 0xFF : null, signal == 0 ? null : signal);
    }

    /// <summary>Waits until one of two descriptors has something to read or is at its end. Closed ones are passed as null.</summary>
    public static unsafe (bool First, bool Second) WaitReadable(SafeFileHandle? first, SafeFileHandle? second, TimeSpan timeout)
    {
        PollFd* fds = stackalloc PollFd[2];
        fds[0] = new PollFd { Fd = (int?)first?.DangerousGetHandle() ?? -1, Events = PollIn };
        fds[1] = new PollFd { Fd = (int?)second?.DangerousGetHandle() ?? -1, Events = PollIn };
        return Poll(fds, 2, (int)timeout.TotalMilliseconds) <= 0 ? (false, false) : (fds[0].Returned != 0, fds[1].Returned != 0);
    }

    /// <returns>0 at the end, negative on error.</returns>
    public static unsafe int Read(SafeFileHandle handle, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
            return (int)ReadFd(handle, start, (nuint)buffer.Length);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int SetSid();

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Fcntl(int fd, int command, int value);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static unsafe partial int Pipe2(int* fds, int flags);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    private static partial int WaitPid(int pid, out int status, int options);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static unsafe partial int Poll(PollFd* fds, nuint count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "read")]
    private static unsafe partial nint ReadFd(SafeFileHandle fd, byte* buffer, nuint count);
}

/// <summary>How a child ended: by a code or by a signal.</summary>
internal sealed record ExitedChild(int Pid, int? Code, int? Signal);
