using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Cli.Discovery;
using Orrery.Cli.Output;
using Orrery.Cli.Output.JsonPath;
using Orrery.Resources.Text;

namespace Orrery.Cli.Objects;

/// <summary>An object that a server gave, with the kind that it was asked for.</summary>
internal sealed record FoundObject(ApiResource Kind, JsonObject Json)
{
    /// <summary>Items of a list may leave out what the list says already.</summary>
    public static FoundObject Of(ApiResource kind, JsonObject json)
    {
        var named = new JsonObject { ["apiVersion"] = kind.ApiVersion, ["kind"] = kind.Kind };
        foreach (var (name, value) in json)
            named[name] = value?.DeepClone();
        return new FoundObject(kind, named);
    }

    public string Name => Json["metadata"]?["name"]?.ToString() ?? "";
}

/// <summary>Objects in the forms that programs read.</summary>
internal static class ObjectText
{
    /// <summary>One object as itself, several as a List. Managed fields are left out: they are long, and nobody reads them.</summary>
    /// <param name="isList">Even one object is a List, since a list was asked for.</param>
    public static string Of(OutputFormat format, IReadOnlyList<FoundObject> objects, bool isList)
    {
        foreach (var one in objects)
            (one.Json["metadata"] as JsonObject)?.Remove("managedFields");
        JsonObject Whole() => !isList && objects is [var only] ? only.Json : List(objects);
        return format switch
        {
            OutputFormat.Json => JsonText.Lines(Whole()),
            OutputFormat.Yaml => Yaml.Write(Whole()),
            OutputFormat.Name => string.Concat(objects.Select(o => $"{o.Kind.QualifiedPlural}/{o.Name}\n")),
            OutputFormat.Path path => path.Template.Render(Whole()),
            OutputFormat.Columns columns => TextTable.Render(
                [.. columns.List.Select(c => c.Header)], [.. objects.Select(o => columns.List.Select(c => Cell(c.Value, o.Json)).ToList())]),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "A table is made by the server."),
        };
    }

    private static string Cell(JsonPathTemplate value, JsonObject json)
        => string.Join(',', value.Select(json).Select(JsonPathTemplate.Text)) is { Length: > 0 } text ? text.ReplaceLineEndings(" ") : "<none>";

    private static JsonObject List(IReadOnlyList<FoundObject> objects)
        => new() { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = new JsonArray([.. objects.Select(o => o.Json.DeepClone())]) };
}

/// <summary>Orders objects by the value at a path: numbers as numbers, everything else as text (times too, as they are written). Those without come first.</summary>
internal sealed class ObjectOrder(JsonPathTemplate path) : IComparer<JsonNode>
{
    public int Compare(JsonNode? x, JsonNode? y)
    {
        var (a, b) = (Value(x), Value(y));
        if (a is null || b is null)
            return (a is null ? 0 : 1) - (b is null ? 0 : 1);
        return a.GetValueKind() == JsonValueKind.Number && b.GetValueKind() == JsonValueKind.Number
            ? a.GetValue<double>().CompareTo(b.GetValue<double>())
            : string.CompareOrdinal(JsonPathTemplate.Text(a), JsonPathTemplate.Text(b));
    }

    private JsonNode? Value(JsonNode? json) => json is null ? null : path.Select(json).FirstOrDefault();
}
