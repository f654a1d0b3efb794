using System.Text;
using Orrery.Cli.Client;
using Orrery.Platform.Access;
using Orrery.Platform.Keys;

namespace Orrery.Cli.Up;

/// <summary>The file <c>admin.key</c>: the admin key alone, for its owner alone. A new key is made when the file is missing or holds no valid one.</summary>
internal static class AdminKey
{
    private const string Name = "admin";

    /// <exception cref="CliException">The file cannot be read or written.</exception>
    public static async Task EnsureAsync(string path, KeyRing keys, TimeProvider time, CancellationToken ct)
    {
        string staged = path + ".new";
        if (new[] { path, staged }.FirstOrDefault(Directory.Exists) is { } folder)
            throw new CliException($"{folder} is a folder, and the admin key goes into a file of that name. Move the folder away.");
        try
        {
            await ReadOrIssueAsync(path, staged, keys, time, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"The admin key cannot be kept in {path}: {e.Message}");
        }
    }

    private static async Task ReadOrIssueAsync(string path, string staged, KeyRing keys, TimeProvider time, CancellationToken ct)
    {
        if (File.Exists(path))
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            string there = (await File.ReadAllTextAsync(path, ct)).Trim();
            if (keys.Find(there) is { Role: Roles.Admin })
                return;
        }
        string key = await keys.IssueAsync(Name, Roles.Admin, time.GetUtcNow(), ct);
        File.Delete(staged);
        await using (var file = new FileStream(staged, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            await file.WriteAsync(Encoding.ASCII.GetBytes(key + "\n"), ct);
            file.Flush(flushToDisk: true);
        }
        File.Move(staged, path, overwrite: true);
    }
}
