using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Orrery.Resources;
using Orrery.Resources.Text;

namespace Orrery.Cli.Up;

/// <summary>
/// Settings of a home: <c>config.yaml</c> in it, then the environment, under the same names. <c>gateway.idleTimeout</c> in the file is
/// <c>ORRERY_GATEWAY__IDLETIMEOUT</c> in the environment.
/// </summary>
internal static class HomeConfiguration
{
    /// <exception cref="InvalidDocumentException">The file is no YAML mapping.</exception>
    public static IConfigurationRoot Load(string path)
    {
        var builder = new ConfigurationBuilder();
        if (File.Exists(path))
        {
            var documents = Yaml.ParseAll(File.ReadAllText(path));
            if (documents.Count > 1)
                throw new InvalidDocumentException("there must be one document, not several");
            builder.AddInMemoryCollection(documents.SelectMany(d => Flat(d, "")));
        }
        return builder.AddEnvironmentVariables("ORRERY_").Build();
    }

    private static IEnumerable<KeyValuePair<string, string?>> Flat(JsonNode? node, string path)
    {
        switch (node)
        {
            case JsonObject json:
                return json.SelectMany(p => Flat(p.Value, Join(path, p.Key)));
            case JsonArray array:
                return array.SelectMany((item, i) => Flat(item, Join(path, i.ToString())));
            default:
                return [KeyValuePair.Create(path, node?.ToString())];
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}:{name}";
}
