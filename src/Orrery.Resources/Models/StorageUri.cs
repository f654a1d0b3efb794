namespace Orrery.Resources.Models;

/// <summary>Model addresses. Every scheme is known by name; what serves it is the model agent's matter.</summary>
public static class StorageUri
{
    private static readonly string[] Schemes = ["file", "local", "hf", "https", "s3", "oci", "pvc", "gs", "az"];

    /// <summary>Null when the address is well formed.</summary>
    public static string? Problem(string uri)
    {
        int end = uri.IndexOf("://", StringComparison.Ordinal);
        if (end <= 0 || !Schemes.Contains(uri[..end]))
            return $"'{uri}' must start with one of {string.Join(", ", Schemes.Select(s => s + "://"))}";
        if (uri.Length == end + 3)
            return $"'{uri}' names nothing after {uri}";
        if (uri.Contains('\0'))
            return "must not hold a NUL character";
        if (LocalPath(uri)?.StartsWith("localhost/", StringComparison.Ordinal) == true)
            return $"'{uri}' must not name a host: write {uri.Replace("://localhost/", ":///", StringComparison.Ordinal)}";
        if (LocalPath(uri) is { } path && !Path.IsPathFullyQualified(path))
            return $"'{uri}' must hold an absolute path, as in file:///models/my-model.gguf";
        return null;
    }

    /// <summary>The absolute path of a <c>file://</c> or <c>local://</c> address; null for every other. It stands there as it is, without %-escapes.</summary>
    public static string? LocalPath(string uri)
    {
        foreach (string scheme in (ReadOnlySpan<string>)["file://", "local://"])
        {
            if (uri.StartsWith(scheme, StringComparison.Ordinal))
                return uri[scheme.Length..];
        }
        return null;
    }
}
