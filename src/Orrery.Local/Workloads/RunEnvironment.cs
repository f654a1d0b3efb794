using System.Text;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>The environment of a run with the values of its secrets, or which of them is missing. Values go to the process and nowhere else.</summary>
internal abstract record RunEnvironment
{
    public sealed record Complete(IReadOnlyDictionary<string, string> Values) : RunEnvironment
    {
        // A record would print them.
        public override string ToString() => $"{Values.Count} variables";
    }

    /// <param name="Message">Names the Secret and the key.</param>
    public sealed record Incomplete(string Message) : RunEnvironment;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="fill">What becomes of a variable's text; not of a secret's.</param>
    public static async Task<RunEnvironment> ReadAsync(IResourceStore store, string ns, IReadOnlyList<WorkloadVariable> variables, Func<string, string> fill, CancellationToken ct)
    {
        // The last of several values for a name counts, as in a shell.
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var secrets = new Dictionary<string, Secret?>(StringComparer.Ordinal);
        foreach (var variable in variables)
        {
            if (variable.Secret is not { } from)
            {
                values[variable.Name] = fill(variable.Value);
                continue;
            }
            if (!secrets.TryGetValue(from.Secret, out var secret))
                secrets[from.Secret] = secret = await store.GetAsync<Secret>(ns, from.Secret, ct);
            var (value, problem) = Value(ns, secret, from);
            if (value is not null)
                values[variable.Name] = value;
            else if (!from.Optional || !IsMissing(secret, from))
                return new Incomplete($"variable {variable.Name}: {problem}");
        }
        return new Complete(values);
    }

    private static bool IsMissing(Secret? secret, SecretValue from) => secret?.Data?.ContainsKey(from.Key) != true;

    private static (string? Value, string Problem) Value(string ns, Secret? secret, SecretValue from)
    {
        if (secret is null)
            return (null, $"there is no Secret '{from.Secret}' in namespace '{ns}'; create it with the key '{from.Key}'");
        if (secret.Data?.GetValueOrDefault(from.Key) is not { } base64)
            return (null, $"the Secret '{from.Secret}' has no key '{from.Key}'; it has {(secret.Data is { Count: > 0 } data ? string.Join(", ", data.Keys.Order(StringComparer.Ordinal).Take(8)) : "none")}");
        try
        {
            string text = Strict.GetString(Convert.FromBase64String(base64));
            return text.Contains('\0') ? (null, $"the value of the Secret '{from.Secret}' under '{from.Key}' holds a zero byte, which no variable can") : (text, "");
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return (null, $"the value of the Secret '{from.Secret}' under '{from.Key}' is no text in UTF-8");
        }
    }
}
