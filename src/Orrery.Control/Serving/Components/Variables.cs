using System.Text.Json;
using Orrery.Resources.Pods;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving.Components;

/// <summary>An environment variable as it was written.</summary>
/// <param name="Text">Null: it has none, or a secret has it.</param>
internal sealed record Variable(string Name, string? Text, SecretKeyReference? Secret);

/// <summary>The environment of a component, from either form. Pure.</summary>
internal static class Variables
{
    public static IReadOnlyList<Variable> Of(ProcessSpec process) => [.. (process.Env ?? []).Select(e => new Variable(e.Name!, e.Value, e.ValueFrom?.SecretKeyRef))];

    /// <returns>Variables, or which of them comes from where nothing can be read.</returns>
    public static (IReadOnlyList<Variable> Variables, string? Problem) Of(ContainerSpec container, string field)
    {
        List<Variable> variables = [];
        foreach (var variable in container.Env ?? [])
        {
            if (variable.ValueFrom is not { } from)
                variables.Add(new Variable(variable.Name!, variable.Value, null));
            else if (SecretOf(from) is { } secret)
                variables.Add(new Variable(variable.Name!, null, secret));
            else
                return ([], $"{field}.env: the value of '{variable.Name}' can come from a secretKeyRef alone here; give it as value");
        }
        return (variables, null);
    }

    /// <summary>Other settings of the component come last; a variable of the same name that is there stays.</summary>
    public static IReadOnlyList<Variable> And(this IReadOnlyList<Variable> variables, IEnumerable<KeyValuePair<string, string>> further)
        => [.. variables, .. further.Where(f => variables.All(v => v.Name != f.Key)).OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => new Variable(f.Key, f.Value, null))];

    public static IReadOnlyList<WorkloadVariable> Rendered(
        this IReadOnlyList<Variable> variables, Placeholders texts, IReadOnlyDictionary<string, ObservedSecret> secrets)
        => [.. variables.Select(v => v.Secret is { Name: { } name, Key: { } key } secret
            ? new WorkloadVariable(v.Name, "", new SecretValue(name, key, secrets.GetValueOrDefault(name)?.Version, secret.Optional == true))
            : new WorkloadVariable(v.Name, texts.Fill(v.Text ?? "")))];

    private static SecretKeyReference? SecretOf(JsonElement from)
        => from.ValueKind == JsonValueKind.Object && from.TryGetProperty("secretKeyRef", out var reference) && reference.ValueKind == JsonValueKind.Object
            && Text(reference, "name") is { Length: > 0 } name && Text(reference, "key") is { Length: > 0 } key
            ? new SecretKeyReference { Name = name, Key = key, Optional = reference.TryGetProperty("optional", out var optional) && optional.ValueKind == JsonValueKind.True }
            : null;

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
