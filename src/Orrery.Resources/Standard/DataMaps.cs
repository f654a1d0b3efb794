using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orrery.Resources.Text;

namespace Orrery.Resources.Standard;

/// <summary>What the values of a ConfigMap and of a Secret have in common, by Kubernetes' rules. Pure.</summary>
internal static partial class DataMaps
{
    /// <summary>Of all values together.</summary>
    public const int MaxBytes = 1024 * 1024;

    private const int MaxKeyLength = 253;

    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    public static IEnumerable<string> KeyProblems(string field, IReadOnlyDictionary<string, string>? data)
    {
        foreach (string key in (data ?? None).Keys)
        {
            if (key.Length > MaxKeyLength || !Key().IsMatch(key) || key is "." || key.StartsWith("..", StringComparison.Ordinal))
                yield return $"{field}[{Excerpt.Of(key)}]: a key must be 1 to {MaxKeyLength} letters, digits, '-', '_' and '.', and neither be '.' nor start with '..'";
        }
    }

    public static IEnumerable<string> Base64Problems(string field, IReadOnlyDictionary<string, string>? data, string elsewhere)
    {
        foreach (var (key, value) in data ?? None)
        {
            if (Size(value) is null)
                yield return $"{field}[{Excerpt.Of(key)}]: must be base64; put plain text under {elsewhere}";
        }
    }

    public static IEnumerable<string> SizeProblems(
        string field, IReadOnlyDictionary<string, string>? text, IReadOnlyDictionary<string, string>? base64)
    {
        long bytes = (text ?? None).Values.Sum(v => (long)Encoding.UTF8.GetByteCount(v)) + (base64 ?? None).Values.Sum(v => (long)(Size(v) ?? 0));
        if (bytes > MaxBytes)
            yield return $"{field}: holds {bytes} bytes; {MaxBytes} are allowed";
    }

    /// <summary>An object once marked immutable keeps its values and the mark.</summary>
    public static IReadOnlyList<string> ChangeProblems(Document before, Document after, params ReadOnlySpan<string> fields)
    {
        JsonObject old = before.ToJson(), now = after.ToJson();
        if (!IsTrue(old["immutable"]))
            return [];
        var problems = new List<string>();
        if (!IsTrue(now["immutable"]))
            problems.Add("immutable: cannot be unset; delete the object and create it again");
        foreach (string field in fields)
        {
            if (!JsonNode.DeepEquals(old[field] ?? new JsonObject(), now[field] ?? new JsonObject()))
                problems.Add($"{field}: field is immutable when `immutable` is set; delete the object and create it again");
        }
        return problems;
    }

    /// <summary>How many values the maps hold together, for the DATA column.</summary>
    public static string Count(JsonNode json, params ReadOnlySpan<string> fields)
    {
        int count = 0;
        foreach (string field in fields)
            count += (json as JsonObject)?[field] is JsonObject map ? map.Count : 0;
        return count.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    // Go's reader, which clients of Kubernetes use, takes line ends inside base64 but no other white space.
    private static int? Size(string base64) => !base64.AsSpan().ContainsAny(' ', '\t') && Convert.TryFromBase64String(base64, new byte[base64.Length], out int bytes) ? bytes : null;

    private static bool IsTrue(JsonNode? node) => node is not null && node.GetValueKind() == System.Text.Json.JsonValueKind.True;

    [GeneratedRegex(@"\A[-._a-zA-Z0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Key();
}
