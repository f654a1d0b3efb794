using System.Diagnostics;
using System.Security.Cryptography;

namespace Orrery.Testing;

/// <summary>What one package.json asks npm for, installed once into the cache of the tests.</summary>
internal static class NodePackages
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <param name="from">Folder of package.json and package-lock.json.</param>
    /// <param name="package">The dependency that the folder is for. Other versions, of it or of what it needs, go into another folder.</param>
    /// <returns>The folder that holds node_modules. The test is skipped by name where npm or the package cannot be had.</returns>
    public static async Task<string> FolderAsync(string from, string package)
    {
        string version = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(from, "package-lock.json"))))[..12];
        string cache = Path.Combine(TestCache.Path, "npm", package.Replace('/', '-').TrimStart('@')), folder = Path.Combine(cache, version);
        if (!Directory.Exists(folder))
            await InstallAsync(from, Path.Combine(cache, $"new-{Environment.ProcessId}"), folder, package);
        return folder;
    }

    /// <summary>Made whole elsewhere and then moved: another run of the tests may be doing the same.</summary>
    private static async Task InstallAsync(string from, string fresh, string folder, string package)
    {
        Directory.CreateDirectory(fresh);
        foreach (string file in (string[])["package.json", "package-lock.json"])
            File.Copy(Path.Combine(from, file), Path.Combine(fresh, file), overwrite: true);
        string? problem = await NpmAsync(fresh);
        if (problem is null && !Directory.Exists(folder))
            Directory.Move(fresh, folder);
        else
            Directory.Delete(fresh, recursive: true);
        Assert.SkipUnless(Directory.Exists(folder), $"{package} cannot be had from npm: {problem}");
    }

    private static async Task<string?> NpmAsync(string folder)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using var process = Process.Start(new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            string error = await process.StandardError.ReadToEndAsync(limit.Token);
            await output;
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? null : error.Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "npm is not on the PATH";
        }
    }
}
