using System.Reflection;
using System.Text.Json.Nodes;
using Orrery.Engine;
using Orrery.Resources;
using Orrery.Resources.Text;

namespace Orrery.Cli.Catalogue;

/// <summary>The runtimes that come with the program: the YAML files of this folder, compiled in.</summary>
internal static class RuntimeCatalogue
{
    private const string Prefix = "Orrery.Cli.Catalogue.";

    /// <summary>In the order of their names.</summary>
    public static IReadOnlyList<Document> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
                .SelectMany(n => Yaml.ParseAll(Read(assembly, n))).Select(json => Document.From(Completed(json))),
        ];
    }

    /// <summary>Only the engine knows what it reads, so that the two can never differ.</summary>
    private static JsonObject Completed(JsonObject json)
    {
        if ((string?)json["metadata"]!["name"] != "orrery")
            return json;
        foreach (var format in json["spec"]!["supportedModelFormats"]!.AsArray().OfType<JsonObject>())
        {
            var architectures = (string?)format["modelFormat"]!["name"] == "gguf" ? SupportedArchitectures.Gguf : SupportedArchitectures.Safetensors;
            format["modelArchitectures"] = new JsonArray([.. architectures.Select(a => (JsonNode)a)]);
        }
        return json;
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
