using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Orrery.Api.Tests.Clients;

/// <summary>Packages from npm for a script of this folder, installed once into the cache of the tests.</summary>
internal static class NodePackages
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static readonly string Cache = Path.Combine(
        Environment.GetEnvironmentVariable("ORRERY_TEST_CACHE")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "orrery-test"),
        "kubernetes-client");

    public static string File(string name) => Repository.File("tests", "Orrery.Api.Tests", "Clients", "informer", name);

    /// <returns>The folder that holds them. Skips by name where node or npm cannot be had.</returns>
    public static async Task<string> FolderAsync()
    {
        // Another version of the package goes into another folder.
        string folder = Path.Combine(Cache, (string)JsonNode.Parse(await System.IO.File.ReadAllTextAsync(File("package.json")))!["dependencies"]!["@kubernetes/client-node"]!);
        if (!Directory.Exists(folder))
            await InstallAsync(folder);
        return folder;
    }

    /// <summary>Made whole elsewhere and then moved: another run of the tests may be doing the same.</summary>
    private static async Task InstallAsync(string folder)
    {
        string fresh = Path.Combine(Cache, $"new-{Environment.ProcessId}");
        Directory.CreateDirectory(fresh);
        foreach (string file in (string[])["package.json", "package-lock.json"])
            System.IO.File.Copy(File(file), Path.Combine(fresh, file), overwrite: true);
        string? problem = await NpmAsync(fresh);
        if (problem is null && !Directory.Exists(folder))
            Directory.Move(fresh, folder);
        else
            Directory.Delete(fresh, recursive: true);
        Assert.SkipUnless(Directory.Exists(folder), $"@kubernetes/client-node cannot be had from npm: {problem}");
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
