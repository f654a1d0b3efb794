using System.Text;
using System.Text.Json.Nodes;
using Orrery.Cli.Discovery;
using Orrery.Cli.Output;

namespace Orrery.Cli.Describing;

/// <summary>One object for people: what it is, what is asked for, what is observed, what happened. Knows no kind but Secret, whose values it keeps to itself. Pure.</summary>
/// <param name="More">Parts that some kinds have besides.</param>
/// <param name="Events">As <c>v1</c> events, in any order; null: they could not be read.</param>
internal sealed record Description(ApiResource Kind, JsonObject Json, IReadOnlyList<DescribedPart> More, IReadOnlyList<JsonObject>? Events, DateTimeOffset Now)
{
    private const int MaxEvents = 20;
    private const int Width = 14;

    private static readonly string[] Head = ["apiVersion", "kind", "metadata"];

    public override string ToString()
    {
        var metadata = Json["metadata"] as JsonObject ?? [];
        var text = new StringBuilder();
        Line(text, "Name", [Text(metadata["name"])]);
        if (metadata["namespace"] is { } ns)
            Line(text, "Namespace", [Text(ns)]);
        Line(text, "Kind", [$"{Kind.Kind} ({Kind.ApiVersion})"]);
        Line(text, "Labels", Pairs(metadata["labels"]));
        Line(text, "Annotations", Pairs(metadata["annotations"]));
        Line(text, "Created", [$"{Text(metadata["creationTimestamp"])} ({AgeText.Since(metadata["creationTimestamp"], Now)} ago)"]);
        if (metadata["deletionTimestamp"] is { } deleting)
            Line(text, "Being deleted", [$"since {Text(deleting)} ({AgeText.Since(deleting, Now)} ago)"]);
        if (metadata["ownerReferences"] is JsonArray { Count: > 0 } owners)
            Line(text, "Owned by", [.. owners.Select(o => $"{Text(o?["kind"])}/{Text(o?["name"])}")]);
        if (metadata["finalizers"] is JsonArray { Count: > 0 } finalizers)
            Line(text, "Finalizers", [.. finalizers.Select(Text)]);
        foreach (var (name, value) in Json)
        {
            if (Head.Contains(name) || Body(name, value) is not { } body)
                continue;
            if (body is JsonValue)
                Line(text, char.ToUpperInvariant(name[0]) + name[1..], [FieldTree.Of(body, 0).TrimEnd('\n')]);
            else
                text.Append(char.ToUpperInvariant(name[0])).Append(name, 1, name.Length - 1).Append(":\n").Append(FieldTree.Of(body, 2));
        }
        if (Json["status"]?["conditions"] is JsonArray { Count: > 0 } conditions)
            text.Append("Conditions:\n").Append(Table(["TYPE", "STATUS", "REASON", "SINCE", "MESSAGE"], conditions.OfType<JsonObject>().Select(Condition)));
        foreach (var part in More)
            text.Append(part.Title).Append(":\n").Append(part.Text);
        return text.Append(EventsPart()).ToString();
    }

    private JsonNode? Body(string name, JsonNode? value)
    {
        if (value is null or JsonObject { Count: 0 } or JsonArray { Count: 0 })
            return null;
        var copy = value.DeepClone();
        if (name == "status" && copy is JsonObject status)
        {
            foreach (string told in More.Select(p => p.InPlaceOf).OfType<string>().Append("conditions"))
                status.Remove(told);
        }
        if (Kind is { Group: "", Kind: "Secret" } && name is "data" or "stringData" && copy is JsonObject secret)
        {
            foreach (var (key, text) in secret.ToList())
                secret[key] = $"{(name == "data" ? Bytes(Text(text)) : Text(text).Length)} bytes";
        }
        return copy is JsonObject { Count: 0 } ? null : copy;
    }

    private IReadOnlyList<string> Condition(JsonObject condition) =>
    [
        Text(condition["type"]), Text(condition["status"]), Cell(condition["reason"]),
        Cell(JsonValue.Create(AgeText.Since(condition["lastTransitionTime"], Now))), Cell(condition["message"]),
    ];

    private string EventsPart()
    {
        if (Events is null)
            return "Events: cannot be read here\n";
        if (Events.Count == 0)
            return "Events: <none>\n";
        var shown = Events.OrderBy(e => Objects.Events.Place(e)).TakeLast(MaxEvents).Select(e => (IReadOnlyList<string>)
        [
            AgeText.Since(e["lastTimestamp"] ?? e["eventTime"] ?? e["metadata"]?["creationTimestamp"], Now) + ((int?)e["count"] is > 1 and var count ? $" (x{count})" : ""),
            Cell(e["type"]), Cell(e["reason"]), Cell(e["source"]?["component"] ?? e["reportingComponent"]), Cell(e["message"] ?? e["note"]),
        ]);
        string earlier = Events.Count > MaxEvents ? $"  … {Events.Count - MaxEvents} earlier ones: orrery events --for {Kind.One}/{Text(Json["metadata"]?["name"])}\n" : "";
        return $"Events:\n{earlier}{Table(["LAST SEEN", "TYPE", "REASON", "FROM", "MESSAGE"], shown)}";
    }

    /// <summary>Indented by two spaces.</summary>
    internal static string Table(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
        => "  " + TextTable.Render(header, [.. rows]).TrimEnd('\n').Replace("\n", "\n  ", StringComparison.Ordinal) + "\n";

    private static void Line(StringBuilder text, string name, List<string> values)
    {
        text.Append((name + ":").PadRight(Width)).Append(values.Count == 0 ? "<none>" : values[0]).Append('\n');
        foreach (string value in values.Skip(1))
            text.Append(' ', Width).Append(value).Append('\n');
    }

    // What kubectl's own apply leaves behind repeats the whole object.
    private static List<string> Pairs(JsonNode? node)
        => [.. (node as JsonObject ?? []).Where(p => p.Key != "kubectl.kubernetes.io/last-applied-configuration").Select(p => $"{p.Key}={Text(p.Value).ReplaceLineEndings(" ")}")];

    private static int Bytes(string base64) => base64.Length / 4 * 3 - base64.AsSpan().Count('=');

    private static string Cell(JsonNode? node) => Text(node).ReplaceLineEndings(" ") is { Length: > 0 } text ? text : "-";

    private static string Text(JsonNode? node) => node?.ToString() ?? "";
}

/// <summary>A part of a description that a kind has beside what all have.</summary>
/// <param name="Text">Lines that are ready, indented by two spaces.</param>
/// <param name="InPlaceOf">The field of the status that it tells better; null: none.</param>
internal sealed record DescribedPart(string Title, string Text, string? InPlaceOf = null);
