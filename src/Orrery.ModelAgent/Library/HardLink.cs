using System.Runtime.InteropServices;

namespace Orrery.ModelAgent.Library;

/// <summary>A second name for a file's content, which .NET has no door to.</summary>
internal static partial class HardLink
{
    /// <exception cref="IOException">The file system refused.</exception>
    public static void Create(string existing, string link)
    {
        if (Link(existing, link) != 0)
            throw new IOException($"{link} cannot be linked to {existing}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string link);
}
