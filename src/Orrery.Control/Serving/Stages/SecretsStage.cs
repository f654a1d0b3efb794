using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving.Stages;

/// <summary>Whether every secret that the rendered components name is there. Names Secrets and keys, never values. Pure.</summary>
internal static class SecretsStage
{
    private const int MaxNamed = 5;

    /// <returns>Null: no variable names one.</returns>
    public static Condition? Of(IEnumerable<Workload> workloads, IReadOnlyDictionary<string, ObservedSecret> secrets, string? ns)
    {
        var named = workloads.SelectMany(w => (w.Process?.Env ?? []).Concat(w.Container?.Env ?? [])).Where(e => e.Secret is not null).ToList();
        if (named.Count == 0)
            return null;
        var missing = named.Where(e => !e.Secret!.Optional && secrets.GetValueOrDefault(e.Secret.Secret)?.Keys.Contains(e.Secret.Key) != true)
            .Select(e => secrets.ContainsKey(e.Secret!.Secret)
                ? $"Secret '{e.Secret.Secret}' of namespace '{ns}' has no key '{e.Secret.Key}', which variable {e.Name} names"
                : $"no Secret '{e.Secret.Secret}' in namespace '{ns}', whose key '{e.Secret.Key}' variable {e.Name} names")
            .Distinct().ToList();
        return missing.Count == 0
            ? Conditions.True(ServiceConditions.SecretsResolved, "SecretsThere", string.Join(", ", named.Select(e => e.Secret!.Secret).Distinct().Take(MaxNamed)))
            : Conditions.False(ServiceConditions.SecretsResolved, ServiceConditions.SecretMissing, string.Join("; ", missing.Take(MaxNamed)) + (missing.Count > MaxNamed ? $"; and {missing.Count - MaxNamed} more" : ""));
    }
}
