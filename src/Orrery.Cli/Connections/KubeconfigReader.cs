using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Resources;
using Orrery.Resources.Text;

namespace Orrery.Cli.Connections;

/// <summary>Reads one kubeconfig file. What is not an entry is told with its place; no message holds a value, which may be a secret.</summary>
internal static class KubeconfigReader
{
    private const int MaxBytes = 4 * 1024 * 1024;

    /// <exception cref="CliException">The file cannot be read or is no kubeconfig.</exception>
    public static Kubeconfig Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                throw new CliException($"{path}: larger than {MaxBytes} bytes, which no kubeconfig is.");
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path} cannot be read: {e.Message}");
        }
    }

    /// <param name="path">Of the file: for messages, and what paths in it are relative to.</param>
    /// <exception cref="CliException">It is no kubeconfig.</exception>
    public static Kubeconfig Parse(string text, string path)
    {
        JsonObject config;
        try
        {
            config = Yaml.ParseAll(text) switch
            {
                [] => [],
                [var only] => only,
                _ => throw new CliException($"{path}: a kubeconfig is one document, and this file has several."),
            };
        }
        catch (InvalidDocumentException e)
        {
            throw new CliException($"{path}: {e.Message}");
        }
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return new Kubeconfig(
            Entries(config, "clusters", "cluster", path, c => new KubeCluster(Text(c, "server") ?? "", Material(c, "certificate-authority", folder), Flag(c, "insecure-skip-tls-verify"), Text(c, "tls-server-name"))),
            Entries(config, "users", "user", path, u => User(u, folder)),
            Entries(config, "contexts", "context", path, c => new KubeContext(Text(c, "cluster") ?? "", Text(c, "user"), Text(c, "namespace"))),
            Text(config, "current-context"));
    }

    private static KubeUser User(JsonObject user, string folder) => new(
        Text(user, "token"),
        Text(user, "tokenFile") is { } file ? Path.GetFullPath(file, folder) : null,
        Material(user, "client-certificate", folder),
        Material(user, "client-key", folder),
        Text(user, "username"),
        Text(user, "password"),
        user["exec"] is JsonObject exec ? $"the program '{Text(exec, "command")}' (exec)"
            : user["auth-provider"] is JsonObject provider ? $"the auth-provider '{Text(provider, "name")}'" : null);

    private static Dictionary<string, T> Entries<T>(JsonObject config, string list, string value, string path, Func<JsonObject, T> read)
    {
        var entries = new Dictionary<string, T>(StringComparer.Ordinal);
        if (config[list] is null)
            return entries;
        if (config[list] is not JsonArray array)
            throw new CliException($"{path}: {list}: must be a list");
        for (int i = 0; i < array.Count; i++)
        {
            if (array[i] is not JsonObject entry || Text(entry, "name") is not { } name)
                throw new CliException($"{path}: {list}[{i}].name: must be set");
            entries.TryAdd(name, read(entry[value] as JsonObject ?? []));
        }
        return entries;
    }

    // The data wins over the file, as client-go has it.
    private static KubeMaterial? Material(JsonObject json, string field, string folder)
    {
        if (Text(json, field + "-data") is { } data)
            return new KubeMaterial(data, null);
        return Text(json, field) is { } file ? new KubeMaterial(null, Path.GetFullPath(file, folder)) : null;
    }

    private static string? Text(JsonObject json, string field) => json[field]?.ToString() is { Length: > 0 } text ? text : null;

    private static bool Flag(JsonObject json, string field) => Text(json, field) is "true";
}
