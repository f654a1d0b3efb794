using System.Text;

namespace Orrery.Local.Home;

/// <summary>Where everything of one installation lies. Only its owner may look in (0700).</summary>
public sealed class HomeFolder
{
    /// <summary>File with the home's settings, in its folder.</summary>
    public const string ConfigName = "config.yaml";

    // sockaddr_un holds 108 bytes with the final zero.
    internal const int MaxSocketPathBytes = 107;
    internal const int SocketNameBytes = 21;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private HomeFolder(string path) => Path = path;

    public string Path { get; }

    public string ResourcesDatabase => At("resources.db");

    public string PlatformDatabase => At("platform.db");

    /// <summary>Sockets and pid files of what runs now.</summary>
    public string Run => At("run");

    /// <summary>What replicas wrote.</summary>
    public string Logs => At("logs");

    /// <summary>Working directories of replicas.</summary>
    public string Work => At("work");

    /// <summary>The certificate authority and its keys.</summary>
    public string Pki => At("pki");

    /// <summary>Models that were fetched.</summary>
    public string Models => At("models");

    public string Config => At(ConfigName);

    /// <summary>Makes the folder and its parts where they are missing.</summary>
    /// <exception cref="HomeFolderException">It cannot be made or written, is a file, or its path is too long.</exception>
    public static HomeFolder Open(string path)
    {
        var home = new HomeFolder(System.IO.Path.GetFullPath(path));
        int longest = Encoding.UTF8.GetByteCount(home.Run) + 1 + SocketNameBytes;
        if (longest > MaxSocketPathBytes)
        {
            throw new HomeFolderException(
                $"The home folder {home.Path} has a path that is {longest - MaxSocketPathBytes} bytes too long for unix sockets in it. Choose a shorter one with --home or ORRERY_HOME.");
        }
        if (File.Exists(home.Path))
            throw new HomeFolderException($"The home folder {home.Path} is a file. Move it away, or choose another home with --home or ORRERY_HOME.");

        try
        {
            foreach (string folder in new[] { home.Path, home.Run, home.Logs, home.Work, home.Pki })
            {
                Directory.CreateDirectory(folder, OwnerOnly);
                File.SetUnixFileMode(folder, OwnerOnly);
            }
            string probe = home.At($".writable-{Environment.ProcessId}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HomeFolderException($"The home folder {home.Path} cannot be written: {e.Message} Make it writable, or choose another home with --home or ORRERY_HOME.", e);
        }
        return home;
    }

    internal string At(string name) => System.IO.Path.Combine(Path, name);
}

/// <summary>A home that cannot be used. One line that says why and what to do.</summary>
public sealed class HomeFolderException(string message, Exception? inner = null) : Exception(message, inner);
