using System.Diagnostics;

namespace Orrery.Testing;

/// <summary>Archives of the reference data, unpacked once into a folder of the tests' cache.</summary>
internal static class UnpackedArchive
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(5);

    /// <summary>Into a folder beside the final one, then renamed, so that nobody sees half of it.</summary>
    public static async Task UnpackAsync(string archive, string folder)
    {
        if (Directory.Exists(folder))
            return;
        string part = $"{folder}.{Environment.ProcessId}";
        Directory.CreateDirectory(part);
        using var tar = Process.Start("tar", ["-xJf", archive, "-C", part]);
        using var bound = new CancellationTokenSource(Bound);
        await tar.WaitForExitAsync(bound.Token);
        Assert.SkipUnless(tar.ExitCode == 0, $"tar could not unpack {archive}");
        try
        {
            Directory.Move(part, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another test process was faster.
            Directory.Delete(part, recursive: true);
        }
    }
}
