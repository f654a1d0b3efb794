using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orrery.Cli.Discovery;

/// <summary>
/// The kinds of a server, kept in a file for ten minutes, so that most commands ask for objects alone. The file is in
/// <c>$XDG_CACHE_HOME/orrery/discovery</c>, else <c>~/.cache/orrery/discovery</c>; one that cannot be read or written is as good as none.
/// </summary>
internal sealed class DiscoveryCache(string file, TimeProvider time)
{
    // Bound of what one will read: hundreds of kinds take less than a tenth of it.
    private const int MaxBytes = 8 * 1024 * 1024;
    private static readonly TimeSpan Young = TimeSpan.FromMinutes(10);

    public static DiscoveryCache ForServer(Uri server, TimeProvider time)
    {
        string root = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } set ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        string name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(server.AbsoluteUri)))[..16];
        return new DiscoveryCache(Path.Combine(root, "orrery", "discovery", $"{server.Host}_{server.Port}_{name}.json"), time);
    }

    /// <summary>Null: there is none, or it is too old.</summary>
    public ApiCatalog? Read()
    {
        try
        {
            var info = new FileInfo(file);
            if (!info.Exists || info.Length > MaxBytes || (time.GetUtcNow() - info.LastWriteTimeUtc).Duration() > Young)
                return null;
            var resources = JsonSerializer.Deserialize(File.ReadAllBytes(file), DiscoveryJson.Default.IReadOnlyListApiResource);
            return resources is { Count: > 0 } && resources.All(IsWhole) ? new ApiCatalog(resources, []) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    public void Write(ApiCatalog catalog)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            // Two commands at once write two files, and the later name stays.
            string staged = $"{file}.{Environment.ProcessId}";
            File.WriteAllBytes(staged, JsonSerializer.SerializeToUtf8Bytes(catalog.Resources, DiscoveryJson.Default.IReadOnlyListApiResource));
            File.Move(staged, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Slower next time, and nothing else.
        }
    }

    private static bool IsWhole(ApiResource r)
        => r is { Group: not null, Version: not null, Plural: not null, Singular: not null, Kind: not null, ShortNames: not null, Categories: not null, Verbs: not null };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(IReadOnlyList<ApiResource>))]
internal sealed partial class DiscoveryJson : JsonSerializerContext;
