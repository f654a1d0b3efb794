namespace Orrery.Local.Machine;

/// <summary>Which programs are on this machine, as a process that is started would find them.</summary>
internal static class Programs
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static bool IsHere(string program) => IsHere(program, Environment.GetEnvironmentVariable("PATH"));

    /// <param name="path">Folders with colons between; an empty one is the current folder, which is nobody's place for programs.</param>
    public static bool IsHere(string program, string? path)
        => program.Contains('/') ? IsExecutable(program) : (path ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Any(folder => IsExecutable(Path.Combine(folder, program)));

    private static bool IsExecutable(string file)
    {
        try
        {
            return File.Exists(file) && (File.GetUnixFileMode(file) & AnyExecute) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
