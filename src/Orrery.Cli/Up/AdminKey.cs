using System.Text;
using Orrery.Platform.Access;
using Orrery.Platform.Keys;

namespace Orrery.Cli.Up;

/// <summary>The file <c>admin.key</c>: the admin key alone, for its owner alone. A new key is made when the file is missing or holds no valid one.</summary>
internal static class AdminKey
{
    private const string Name = "admin";

    public static async Task<string> EnsureAsync(string path, KeyRing keys, TimeProvider time, CancellationToken ct)
    {
        if (File.Exists(path))
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            string there = (await File.ReadAllTextAsync(path, ct)).Trim();
            if (keys.Find(there) is { Role: Roles.Admin })
                return there;
        }
        string key = await keys.IssueAsync(Name, Roles.Admin, time.GetUtcNow(), ct);
        string staged = path + ".new";
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
        return key;
    }
}
