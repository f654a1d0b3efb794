namespace Orrery.Resources.Models;

/// <summary>Model addresses. Every scheme is known by name; what serves it is the model agent's matter.</summary>
public static class StorageUri
{
    /// <summary>What schemas say of an address: its scheme, and that something follows.</summary>
    internal const string Expression = "^(file|local|hf|https|s3|oci|pvc|gs|az|github|vendor)://.+";

    internal const string Meaning = "an address that starts with file://, local://, hf://, https://, s3://, oci://, pvc://, gs://, az://, github:// or vendor://";

    /// <summary>What the pattern cannot say; null when there is nothing wrong.</summary>
    public static string? Problem(string uri)
    {
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
