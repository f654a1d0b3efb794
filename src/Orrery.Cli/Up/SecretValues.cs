using System.Text;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Cli.Up;

/// <summary>Secrets as those who need them to fetch models get them.</summary>
internal static class SecretValues
{
    /// <returns>Decoded; null: there is no Secret of that name.</returns>
    public static async Task<IReadOnlyDictionary<string, string>?> ReadAsync(IResourceStore store, string ns, string name, CancellationToken ct)
        => await store.GetAsync<Secret>(ns, name, ct) is { } secret
            ? (secret.Data ?? new Dictionary<string, string>()).ToDictionary(v => v.Key, v => Encoding.UTF8.GetString(Convert.FromBase64String(v.Value)))
            : null;
}
