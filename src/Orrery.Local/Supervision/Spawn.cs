using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orrery.Local.Supervision;

/// <summary>How a start ended.</summary>
internal abstract record SpawnOutcome
{
    public sealed record Running(int Pid) : SpawnOutcome;

    public sealed record Failed(string Message) : SpawnOutcome;
}

/// <summary>
/// Starts a program by posix_spawn: as leader of a session of its own, with default signal handling, nothing on its standard input and
/// no descriptor but the two that it writes to. System.Diagnostics.Process would reap children behind the supervisor's back.
/// </summary>
internal static unsafe partial class Spawn
{
    // Larger than the C library's structures on every architecture.
    private const int StructBytes = 1024;

    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;
    private const short SetGroup = 0x100;

    // Of glibc 2.39 and later.
    private static readonly delegate* unmanaged<byte*, int, int> SetControlGroup =
        NativeLibrary.TryLoad("libc.so.6", out nint library) && NativeLibrary.TryGetExport(library, "posix_spawnattr_setcgroup_np", out nint function)
            ? (delegate* unmanaged<byte*, int, int>)function
            : null;

    /// <summary>Whether a child can be started in a control group of version 2.</summary>
    public static bool CanEnterGroups => SetControlGroup != null;

    /// <param name="groupFolder">Control group to start in, where <see cref="CanEnterGroups"/>. Null: that of the calling thread.</param>
    public static SpawnOutcome Start(
        IReadOnlyList<string> argv, IReadOnlyDictionary<string, string> environment, string workingDirectory, SafeFileHandle output, SafeFileHandle error,
        string? groupFolder = null)
    {
        if (argv.Count == 0)
            return new SpawnOutcome.Failed("the command is empty");
        if (argv.Concat(environment.Keys).Concat(environment.Values).Any(text => text.Contains('\0')))
            return new SpawnOutcome.Failed("an argument or variable holds a zero byte");
        if (!Directory.Exists(workingDirectory))
            return new SpawnOutcome.Failed($"the working directory {workingDirectory} does not exist");

        using var group = groupFolder is null ? null : Posix.OpenFolder(groupFolder);
        byte* actions = stackalloc byte[StructBytes];
        byte* attributes = stackalloc byte[StructBytes];
        byte* signals = stackalloc byte[StructBytes];
        nint[] argvTexts = Texts(argv);
        nint[] environmentTexts = Texts(environment.Select(e => $"{e.Key}={e.Value}"));
        _ = InitActions(actions);
        _ = InitAttributes(attributes);
        try
        {
            _ = AddChangeDirectory(actions, workingDirectory);
            _ = AddOpen(actions, 0, "/dev/null", 0, 0);
            _ = AddDuplicate(actions, (int)output.DangerousGetHandle(), 1);
            _ = AddDuplicate(actions, (int)error.DangerousGetHandle(), 2);

            // .NET ignores SIGPIPE, and ignored signals stay ignored in children.
            _ = FillSignals(signals);
            _ = SetDefaults(attributes, signals);
            _ = EmptySignals(signals);
            _ = SetMask(attributes, signals);
            if (group is not null)
                _ = SetControlGroup(attributes, (int)group.DangerousGetHandle());
            _ = SetFlags(attributes, (short)(SetSignalDefaults | SetSignalMask | SetSession | (group is null ? 0 : SetGroup)));

            int pid;
            int problem;
            fixed (nint* argvStart = argvTexts, environmentStart = environmentTexts)
                problem = SpawnPath(&pid, argv[0], actions, attributes, argvStart, environmentStart);
            return problem == 0
                ? new SpawnOutcome.Running(pid)
                : new SpawnOutcome.Failed($"cannot run '{argv[0]}': {Marshal.GetPInvokeErrorMessage(problem)}");
        }
        finally
        {
            _ = DestroyActions(actions);
            _ = DestroyAttributes(attributes);
            foreach (nint text in argvTexts.Concat(environmentTexts))
                Marshal.FreeCoTaskMem(text);
        }
    }

    /// <summary>C strings with the null that ends the list.</summary>
    private static nint[] Texts(IEnumerable<string> texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];

    [LibraryImport("libc", EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SpawnPath(int* pid, string file, byte* actions, byte* attributes, nint* argv, nint* environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DestroyActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddChangeDirectory(byte* actions, string path);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(byte* actions, int fd, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(byte* actions, int fd, int newFd);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int InitAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int DestroyAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetDefaults(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int SetMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    private static partial int FillSignals(byte* signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static partial int EmptySignals(byte* signals);
}
