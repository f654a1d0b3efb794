using System.Text.Json;

namespace Orrery.Resources.Standard;

/// <summary>What Kubernetes' own types of secret must hold. Secrets of every other type hold what they like. Pure.</summary>
internal static class SecretTypes
{
    private const string DockerConfigFile = ".dockercfg";
    private const string DockerConfigJson = ".dockerconfigjson";

    public static IEnumerable<string> Problems(string? type, IReadOnlyDictionary<string, string>? data) => type switch
    {
        "kubernetes.io/dockercfg" => JsonIn(data, DockerConfigFile),
        "kubernetes.io/dockerconfigjson" => JsonIn(data, DockerConfigJson),
        "kubernetes.io/ssh-auth" => Required(data, "ssh-privatekey"),
        "kubernetes.io/tls" => Required(data, "tls.crt", "tls.key"),
        "kubernetes.io/basic-auth" when data?.ContainsKey("username") != true && data?.ContainsKey("password") != true
            => ["data: a secret of type kubernetes.io/basic-auth needs 'username' or 'password'"],
        _ => [],
    };

    private static IEnumerable<string> Required(IReadOnlyDictionary<string, string>? data, params string[] keys)
        => keys.Where(k => data?.ContainsKey(k) != true).Select(k => $"data[{k}]: must be set for a secret of this type");

    private static IEnumerable<string> JsonIn(IReadOnlyDictionary<string, string>? data, string key)
    {
        if (data is null || !data.TryGetValue(key, out string? base64))
            return Required(data, key);
        byte[] bytes = new byte[base64.Length];
        // What is not base64 is named elsewhere.
        if (!Convert.TryFromBase64String(base64, bytes, out int length))
            return [];
        try
        {
            using var json = JsonDocument.Parse(bytes.AsMemory(0, length), new JsonDocumentOptions { MaxDepth = Document.MaxDepth });
            return [];
        }
        catch (JsonException)
        {
            // The message would quote the secret.
            return [$"data[{key}]: must be JSON"];
        }
    }
}
