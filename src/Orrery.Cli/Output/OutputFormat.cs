using Orrery.Cli.Client;
using Orrery.Cli.Output.JsonPath;

namespace Orrery.Cli.Output;

/// <summary>What <c>--output</c> takes.</summary>
internal abstract record OutputFormat
{
    /// <summary>The forms, for help and for mistakes.</summary>
    public const string Known = "table, wide, json, yaml, name, jsonpath=… or custom-columns=…";

    /// <summary>Rows that the server makes.</summary>
    /// <param name="Wide">Columns of lower priority too.</param>
    internal sealed record Table(bool Wide) : OutputFormat;

    internal sealed record Json : OutputFormat;

    internal sealed record Yaml : OutputFormat;

    /// <summary><c>inferenceservices.orrery.dev/NAME</c></summary>
    internal sealed record Name : OutputFormat;

    internal sealed record Path(JsonPathTemplate Template) : OutputFormat;

    internal sealed record Columns(IReadOnlyList<(string Header, JsonPathTemplate Value)> List) : OutputFormat;

    /// <exception cref="CliException">It is none of them; of a template, what is wrong with it.</exception>
    public static OutputFormat Parse(string text)
    {
        string[] parts = text.Split('=', 2);
        return (parts[0], parts.Length == 2) switch
        {
            ("table", false) => new Table(Wide: false),
            ("wide", false) => new Table(Wide: true),
            ("json", false) => new Json(),
            ("yaml", false) => new Yaml(),
            ("name", false) => new Name(),
            ("jsonpath", true) => new Path(JsonPathTemplate.Parse(parts[1])),
            ("custom-columns", true) => new Columns(ColumnsOf(parts[1])),
            ("jsonpath" or "custom-columns", false) => throw new CliException($"--output: '{text}' needs a template, as in {parts[0]}={(parts[0] == "jsonpath" ? "'{.metadata.name}'" : "NAME:.metadata.name")}"),
            _ => throw new CliException($"--output: '{text}' must be {Known}"),
        };
    }

    private static List<(string, JsonPathTemplate)> ColumnsOf(string text)
        => [.. text.Split(',').Select(c => c.Split(':', 2) is [{ Length: > 0 } header, { Length: > 0 } path]
            ? (header, JsonPathTemplate.Parse(path))
            : throw new CliException($"--output: custom-columns: '{c}' must be HEADER:.path, as in NAME:.metadata.name"))];
}
