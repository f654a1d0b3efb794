using System.Globalization;

namespace Orrery.Local.Home;

/// <summary>
/// Held by the one process that uses a home. It is a lock of the operating system on the file <c>lock</c>, so it ends with the process however that ends.
/// </summary>
public sealed class HomeLock : IDisposable
{
    private readonly FileStream _file;

    private HomeLock(FileStream file) => _file = file;

    public static HomeLockOutcome TryAcquire(HomeFolder home)
    {
        // The lock also keeps readers out, so the holder's pid stands in a file beside it.
        string pidFile = home.At("lock.pid");
        FileStream file;
        try
        {
            file = new FileStream(home.At("lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new HomeFolderException($"The home folder {home.Path} cannot be locked: {e.Message}", e);
        }
        catch (IOException)
        {
            return new HomeLockOutcome.HeldBy(ReadPid(pidFile));
        }
        File.WriteAllText(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new HomeLockOutcome.Acquired(new HomeLock(file));
    }

    public void Dispose() => _file.Dispose();

    private static int? ReadPid(string path)
    {
        try
        {
            return int.TryParse(File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : null;
        }
        catch (IOException)
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
