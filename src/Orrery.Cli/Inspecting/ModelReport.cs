using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Output;
using Orrery.Models.Understanding;
using Orrery.Resources.Models;
using Orrery.Resources.Text;

namespace Orrery.Cli.Inspecting;

/// <summary>What is understood of a model, as text. Pure.</summary>
internal static class ModelReport
{
    /// <exception cref="CliException">It has no such form.</exception>
    public static string Of(ModelSummary summary, OutputFormat format) => format switch
    {
        OutputFormat.Table => Text(summary),
        OutputFormat.Json => JsonText.Lines(Json(summary)),
        OutputFormat.Yaml => Yaml.Write(Json(summary)),
        OutputFormat.Path path => path.Template.Render(Json(summary)),
        OutputFormat.Name => summary.Name + "\n",
        _ => throw new CliException("--output: a model that is inspected shows as table, json, yaml, name or jsonpath=…"),
    };

    private static string Text(ModelSummary summary)
    {
        var rows = new List<string[]>();
        Add("Name", summary.Name);
        Add("Format", summary.Format ?? "none: there are no weights");
        Add("Made with", summary.Framework is { } framework ? $"{framework.Name} {framework.Version}".TrimEnd() : null);
        Add("Model type", summary.ModelType is { } type ? type + (summary.IsKnown ? "" : " (not known here)") : null);
        Add("Architecture", summary.Architecture);
        Add("Vendor", summary.Vendor ?? (summary.FamilyVendor is { } family ? $"not said; the family is {family}'s" : null));
        Add("Licence", summary.License);
        if (summary.Parameters is { } parameters)
        {
            Add("Parameters", $"{ParameterSize.Text(parameters.Total)} ({Exact(parameters.Total)}, {Origin(parameters.Origin)})");
            Add("Active", parameters.Active < parameters.Total ? $"{ParameterSize.Text(parameters.Active)} ({Exact(parameters.Active)})" : null);
            Add("Types", string.Join(", ", parameters.ByType.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Key} {Share(pair.Value, parameters.Total)}")));
        }
        Add("Quantization", summary.Quantization);
        Add("Weights", summary.WeightBytes is { } bytes ? Quantity.Bytes(bytes) : null);
        Add("Context", summary.ContextTokens is { } context ? $"{Exact(context)} tokens{(summary.RopeScaling is { } scaling ? $", stretched by {scaling}" : "")}" : null);
        Add("KV cache", summary.KvCache is { } cache ? KvCache(cache, summary.ContextTokens) : null);
        Add("Capabilities", string.Join(", ", summary.Capabilities.Select(FoundModel.Word)));
        foreach (var (name, part) in summary.Pipeline?.Parts.AsEnumerable() ?? [])
            Add("Part", $"{name}: {part.Library} {part.Type}{(part.Parameters > 0 ? $", {ParameterSize.Text(part.Parameters)}" : "")}");
        foreach (string note in summary.Notes)
            Add("Note", note);
        return TextTable.Render(header: null, rows);

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                rows.Add([name, value]);
        }
    }

    private static string KvCache(KvCacheSize cache, int? context)
    {
        string text = $"{Quantity.Bytes(cache.BytesPerToken)} a token";
        if (cache.WindowTokens > 0)
            text += $", {Quantity.Bytes(cache.WindowedBytesPerToken)} of them within a window of {Exact(cache.WindowTokens)} tokens";
        if (cache.StateBytes > 0)
            text += $", and {Quantity.Bytes(cache.StateBytes)} whatever the length";
        return context is { } tokens ? $"{text}; {Quantity.Bytes(cache.BytesFor(tokens))} at full context" : text;
    }

    private static JsonObject Json(ModelSummary summary)
    {
        var json = new JsonObject
        {
            ["name"] = summary.Name,
            ["format"] = summary.Format,
            ["framework"] = summary.Framework is { } framework ? new JsonObject { ["name"] = framework.Name, ["version"] = framework.Version } : null,
            ["modelType"] = summary.ModelType,
            ["architecture"] = summary.Architecture,
            ["known"] = summary.IsKnown,
            ["vendor"] = summary.Vendor,
            ["familyVendor"] = summary.FamilyVendor,
            ["license"] = summary.License,
            ["parameters"] = summary.Parameters is { } parameters ? Json(parameters) : null,
            ["quantization"] = summary.Quantization,
            ["weightBytes"] = summary.WeightBytes,
            ["fileBytes"] = summary.FileBytes,
            ["contextTokens"] = summary.ContextTokens,
            ["ropeScaling"] = summary.RopeScaling,
            ["kvCache"] = summary.KvCache is { } cache
                ? new JsonObject { ["bytesPerToken"] = cache.BytesPerToken, ["windowedBytesPerToken"] = cache.WindowedBytesPerToken, ["windowTokens"] = cache.WindowTokens, ["stateBytes"] = cache.StateBytes }
                : null,
            ["capabilities"] = new JsonArray([.. summary.Capabilities.Select(capability => JsonValue.Create(FoundModel.Word(capability)))]),
            ["pipeline"] = summary.Pipeline is { } pipeline ? Json(pipeline) : null,
            ["notes"] = new JsonArray([.. summary.Notes.Select(note => JsonValue.Create(note))]),
        };
        foreach (string absent in json.Where(member => member.Value is null).Select(member => member.Key).ToList())
            json.Remove(absent);
        return json;
    }

    private static JsonObject Json(ParameterCount parameters)
    {
        var types = new JsonObject();
        foreach (var (type, count) in parameters.ByType)
            types[type] = count;
        return new JsonObject { ["total"] = parameters.Total, ["active"] = parameters.Active, ["byType"] = types, ["origin"] = parameters.Origin.ToString().ToLowerInvariant() };
    }

    private static JsonObject Json(PipelineParts pipeline)
    {
        var parts = new JsonObject();
        foreach (var (name, part) in pipeline.Parts)
            parts[name] = new JsonObject { ["library"] = part.Library, ["type"] = part.Type, ["parameters"] = part.Parameters };
        return new JsonObject { ["className"] = pipeline.ClassName, ["parts"] = parts };
    }

    private static string Origin(ParameterOrigin origin) => origin switch
    {
        ParameterOrigin.Counted => "counted",
        ParameterOrigin.Index => "by the index",
        _ => "estimated from the config",
    };

    private static string Exact(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Share(long part, long whole) => whole == 0 ? "0 %" : (100.0 * part / whole).ToString(part * 10 >= whole ? "0" : "0.##", CultureInfo.InvariantCulture) + " %";
}
