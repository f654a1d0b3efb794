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
    private const int WriteOk = 2;
    private const int WillNeedAdvice = 3;
    private const int NoEntry = 2;
    private const int DataLimit = 2;

    // O_PATH alone names without opening.
    private const int OpenFolderFlags = 0x200000;

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

    /// <summary>Who started this process.</summary>
    public static int Parent() => GetParent();

    /// <summary>Keeps descriptors that this process inherited from reaching its children.</summary>
    public static void CloseInheritedOnExec()
    {
        foreach (string entry in Directory.GetFiles("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(entry), out int fd) && fd > 2)
                _ = Fcntl(fd, SetFdFlags, CloseOnExec);
        }
    }

    /// <summary>Whether folders can be made in a folder: also false on a file system that is mounted to be read.</summary>
    public static bool IsWritable(string folder) => Access(folder, WriteOk) == 0;

    /// <summary>Removes an empty folder. A control group's files do not count as such, and no other call removes it.</summary>
    /// <returns>True: it is not there any more.</returns>
    public static bool RemoveFolder(string folder) => RmDir(folder) == 0 || Marshal.GetLastPInvokeError() == NoEntry;

    /// <summary>Bounds the private memory that a process and those that it starts from now on can write to, each for itself.</summary>
    public static unsafe void LimitData(int pid, long bytes)
    {
        ulong* limit = stackalloc ulong[2];
        limit[0] = limit[1] = (ulong)bytes;
        _ = PrLimit(pid, DataLimit, limit, null);
    }

    /// <summary>A descriptor that names a folder.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public static SafeFileHandle OpenFolder(string folder)
        => Open(folder, OpenFolderFlags | OpenCloseOnExec) is >= 0 and var fd
            ? new SafeFileHandle(fd, ownsHandle: true)
            : throw new IOException($"{folder}: {Marshal.GetLastPInvokeErrorMessage()}");

    /// <summary>Has the kernel read a piece of a file ahead. Blocks while the disk's queue is full.</summary>
    public static void WillNeed(SafeFileHandle file, long offset, long length) => _ = Advise((int)file.DangerousGetHandle(), offset, length, WillNeedAdvice);

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

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int GetParent();

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Fcntl(int fd, int command, int value);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(int fd, long offset, long length, int advice);

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "rmdir", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int RmDir(string path);

    [LibraryImport("libc", EntryPoint = "prlimit")]
    private static unsafe partial int PrLimit(int pid, int resource, ulong* limit, ulong* before);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

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
