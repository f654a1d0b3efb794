using Orrery.Local.Machine;
using Orrery.Local.Supervision;

namespace Orrery.Local.Limits;

/// <summary>The control groups of a machine: folders whose files the kernel makes and reads. Paths are absolute.</summary>
internal interface IGroupTree
{
    bool Has(string file);

    /// <summary>Null: it is not there, or not for us.</summary>
    string? Read(string file);

    /// <summary>Such files take one write.</summary>
    /// <exception cref="IOException">The kernel refuses it, or there is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">As before.</exception>
    void Put(string file, string text);

    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">As before.</exception>
    void Make(string group);

    /// <returns>True: it is not there any more.</returns>
    bool Remove(string group);
}

/// <summary>The kernel's.</summary>
internal sealed class KernelGroups : IGroupTree
{
    private readonly MachineFiles _files = new();

    public bool Has(string file) => File.Exists(file);

    public string? Read(string file) => _files.Read(file);

    public void Put(string file, string text)
    {
        using var handle = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        handle.Write(System.Text.Encoding.ASCII.GetBytes(text));
    }

    public void Make(string group) => Directory.CreateDirectory(group);

    public bool Remove(string group) => Posix.RemoveFolder(group);
}
