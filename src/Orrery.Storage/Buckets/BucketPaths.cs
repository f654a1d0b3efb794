using Orrery.Storage.Origins;

namespace Orrery.Storage.Buckets;

/// <summary>From flat names of objects to files of a folder. Pure.</summary>
internal static class BucketPaths
{
    /// <summary>
    /// The object that the prefix names, or those below it as a folder: prefix <c>models/m</c> means <c>models/m/config.json</c>, and not
    /// <c>models/m2/config.json</c>. Empty objects that only stand for folders are left out.
    /// </summary>
    public static IReadOnlyList<ListedFile> Below(string prefix, IEnumerable<(string Key, long Bytes, string? ETag)> objects)
    {
        var files = new List<ListedFile>();
        foreach (var (key, bytes, tag) in objects)
        {
            if (key == prefix && bytes > 0)
                return [new ListedFile(key[(key.LastIndexOf('/') + 1)..], bytes, ETag: tag, Key: key)];
            if (key.StartsWith(prefix + "/", StringComparison.Ordinal) && !key.EndsWith('/'))
                files.Add(new ListedFile(key[(prefix.Length + 1)..], bytes, ETag: tag, Key: key));
        }
        return files;
    }
}
