using System.Text;

namespace Orrery.ModelAgent.Selection;

/// <summary>Which names of an origin's files may become names on this machine. Pure.</summary>
internal static class FileNames
{
    private const int MaxPathBytes = 1024;
    private const int MaxNameBytes = 255;
    private const int MaxDepth = 16;

    /// <summary>What is wrong with a path; null: nothing.</summary>
    public static string? Problem(string path)
    {
        string shown = Shown(path);
        if (path.Length == 0)
            return "a file has an empty name";
        if (path.Any(c => char.IsControl(c) || c == '\\'))
            return $"the file '{shown}' has a control character or a backslash in its name";
        if (!IsWellFormed(path))
            return $"the file '{shown}' has half a character in its name";
        if (Encoding.UTF8.GetByteCount(path) > MaxPathBytes)
            return $"the file '{shown}' has a name of more than {MaxPathBytes} bytes";
        if (path[0] is '/' or '~')
            return $"the file '{shown}' has an absolute name";
        string[] parts = path.Split('/');
        if (parts.Any(p => p is "" or "." or ".."))
            return $"the file '{shown}' leads out of its folder, or through an empty one";
        if (parts.Length > MaxDepth)
            return $"the file '{shown}' lies more than {MaxDepth} folders deep";
        return parts.Any(p => Encoding.UTF8.GetByteCount(p) > MaxNameBytes) ? $"the file '{shown}' has a part of more than {MaxNameBytes} bytes in its name" : null;
    }

    /// <summary>What is wrong with several together: two that some file systems take for one, or one that is the folder of another.</summary>
    public static string? Collision(IEnumerable<string> paths)
    {
        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var all = paths.ToList();
        foreach (string path in all)
        {
            string key = path.Normalize(NormalizationForm.FormC);
            if (!seen.TryAdd(key, path))
                return $"the files '{Shown(seen[key])}' and '{Shown(path)}' have names that some file systems take for one";
        }
        foreach (string path in all)
        {
            for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
            {
                if (seen.TryGetValue(path[..slash].Normalize(NormalizationForm.FormC), out string? file))
                    return $"'{Shown(file)}' is a file, and the folder of '{Shown(path)}'";
            }
        }
        return null;
    }

    // A half of a surrogate pair has no UTF-8.
    private static bool IsWellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsSurrogatePair(text, i))
                return false;
            i++;
        }
        return true;
    }

    private static string Shown(string path)
    {
        string clean = new([.. path.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);
        return clean.Length <= 100 ? clean : clean[..100] + "…";
    }
}
