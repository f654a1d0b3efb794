using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving.Stages;

/// <summary>A value of a Secret that something names.</summary>
/// <param name="By">What names it, for people.</param>
internal sealed record NamedSecret(string By, string Secret, string Key, bool Optional)
{
    /// <summary>Those that the variables of a workload name.</summary>
    public static IEnumerable<NamedSecret> Of(Workload workload)
        => (workload.Process?.Env ?? []).Concat(workload.Container?.Env ?? []).Where(e => e.Secret is not null)
            .Select(e => new NamedSecret($"variable {e.Name}", e.Secret!.Secret, e.Secret.Key, e.Secret.Optional));
}

/// <summary>Whether every secret that something of a service names is there. Names Secrets and keys, never values. Pure.</summary>
internal static class SecretsStage
{
    private const int MaxNamed = 5;

    /// <returns>Null: none is named.</returns>
    public static Condition? Of(IReadOnlyList<NamedSecret> named, IReadOnlyDictionary<string, ObservedSecret> secrets, string? ns)
    {
        if (named.Count == 0)
            return null;
        var missing = named.Where(e => !e.Optional && secrets.GetValueOrDefault(e.Secret)?.Keys.Contains(e.Key) != true)
            .Select(e => secrets.ContainsKey(e.Secret)
                ? $"Secret '{e.Secret}' of namespace '{ns}' has no key '{e.Key}', which {e.By} names"
                : $"no Secret '{e.Secret}' in namespace '{ns}', whose key '{e.Key}' {e.By} names")
            .Distinct().ToList();
        return missing.Count == 0
            ? Conditions.True(ServiceConditions.SecretsResolved, "SecretsThere", string.Join(", ", named.Select(e => e.Secret).Distinct().Take(MaxNamed)))
            : Conditions.False(ServiceConditions.SecretsResolved, ServiceConditions.SecretMissing, string.Join("; ", missing.Take(MaxNamed)) + (missing.Count > MaxNamed ? $"; and {missing.Count - MaxNamed} more" : ""));
    }
}
