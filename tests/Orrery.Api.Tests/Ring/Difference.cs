using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orrery.Api.Tests.Ring;

/// <summary>One field in which two answers are not the same.</summary>
/// <param name="At">Scenario and step.</param>
/// <param name="Path">In the answer: <c>answer</c>, <c>type</c> or <c>body.…</c>.</param>
/// <param name="Ours">As JSON; "nothing" where the field is absent.</param>
internal sealed record Difference(string At, string Path, string Ours, string Theirs)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>As a line of the table of named differences.</summary>
    public override string ToString() => $"- `{At}` `{Path}`: `{Ours}`, there `{Theirs}`";

    /// <summary>Of whole answers; where one is another sort of answer than the other, that alone.</summary>
    public static IEnumerable<Difference> Between(string at, Answer ours, Answer theirs)
        => ours.Sort == theirs.Sort ? Between(at, ours.ToJson(), theirs.ToJson()) : [new Difference(at, "answer", ours.Sort, theirs.Sort)];

    public static IEnumerable<Difference> Between(string at, JsonNode? ours, JsonNode? theirs, string path = "")
    {
        if (ours is JsonObject a && theirs is JsonObject b)
        {
            return a.Select(m => m.Key).Union(b.Select(m => m.Key)).SelectMany(name =>
                a.ContainsKey(name) && b.ContainsKey(name) ? Between(at, a[name], b[name], Member(path, name)) : [new Difference(at, Member(path, name), Told(a, name), Told(b, name))]);
        }
        if (ours is JsonArray x && theirs is JsonArray y && x.Count == y.Count)
            return x.SelectMany((item, i) => Between(at, item, y[i], $"{path}[{i}]"));
        return JsonNode.DeepEquals(ours, theirs) ? [] : [new Difference(at, path, Told(ours), Told(theirs))];
    }

    private static string Member(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Told(JsonObject json, string name) => json.ContainsKey(name) ? Told(json[name]) : "nothing";

    // A table's cell holds neither backquotes nor line ends.
    private static string Told(JsonNode? node) => (node?.ToJsonString(Plain) ?? "null").Replace('`', '\'');
}
