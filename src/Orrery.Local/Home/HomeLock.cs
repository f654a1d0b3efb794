using System.Globalization;

namespace Orrery.Local.Home;

/// <summary>
/// Held by the one process that uses a home. It is a lock of the operating system on the file <c>lock</c>, so it ends with the process however that ends.
/// </summary>
public sealed class HomeLock : IDisposable
{
    // EWOULDBLOCK of Linux and of the BSDs: somebody else has the lock.
    private const int WouldBlockLinux = 11;
    private const int WouldBlockBsd = 35;

    private readonly FileStream _file;

    private HomeLock(FileStream file) => _file = file;

    /// <exception cref="HomeFolderException">The file cannot be opened or written, which says nothing of other processes.</exception>
    public static HomeLockOutcome TryAcquire(HomeFolder home)
    {
        // The lock also keeps readers out, so the holder's pid stands in a file beside it.
        string pidFile = home.At("lock.pid");
        FileStream? file = null;
        try
        {
            file = new FileStream(home.At("lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new HomeLockOutcome.Acquired(new HomeLock(file));
        }
        catch (IOException e) when (file is null && e.HResult is WouldBlockLinux or WouldBlockBsd)
        {
            return new HomeLockOutcome.HeldBy(ReadPid(pidFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new HomeFolderException($"The home folder {home.Path} cannot be locked: {e.Message}", e);
        }
    }

    public void Dispose() => _file.Dispose();

    private static int? ReadPid(string path)
    {
        try
        {
            return int.TryParse(File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

public abstract record HomeLockOutcome
{
    /// <param name="Lock">Keep it until the end.</param>
    public sealed record Acquired(HomeLock Lock) : HomeLockOutcome;

    /// <param name="Pid">Null: not known.</param>
    public sealed record HeldBy(int? Pid) : HomeLockOutcome;
}
