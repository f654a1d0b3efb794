using System.Net.Sockets;

namespace Orrery.Replica;

/// <summary>The file that a unix socket leaves behind when its process dies.</summary>
internal static class SocketFile
{
    /// <summary>Removes a socket that nobody listens on.</summary>
    /// <exception cref="IOException">Somebody listens there, or the file is no socket.</exception>
    public static void MakeRoom(string path)
    {
        if (!Path.Exists(path))
            return;
        if (!IsSocket(path))
            throw new IOException($"'{path}' exists and is no socket. Remove it or choose another socket path.");
        if (Answers(path))
            throw new IOException($"A process already listens on '{path}'. Stop it or choose another socket path.");
        File.Delete(path);
    }

    // Opening a socket as a file always fails; what opens, or is a folder, is something else that must not be deleted.
    private static bool IsSocket(string path)
    {
        if (Directory.Exists(path))
            return false;
        try
        {
            using var file = File.OpenHandle(path);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static bool Answers(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
