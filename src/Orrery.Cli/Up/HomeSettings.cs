using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Orrery.Cli.Client;
using Orrery.Gateway;
using Orrery.Resources;
using Orrery.Resources.Store;
using Orrery.Resources.Text;

namespace Orrery.Cli.Up;

/// <summary>
/// Settings of a home: <c>config.yaml</c> in it, then the environment, under the same names. <c>gateway.idleTimeout</c> in the file is
/// <c>ORRERY_GATEWAY__IDLETIMEOUT</c> in the environment. Names that nobody knows are refused: they are mostly typing mistakes.
/// </summary>
internal sealed record HomeSettings
{
    private const string Prefix = "ORRERY_";
    private const string Separator = "__";

    public GatewayOptions Gateway { get; init; } = new();

    /// <exception cref="CliException">Names the file or variables, the setting and the value.</exception>
    public static HomeSettings Load(string path, IDictionary environment)
    {
        try
        {
            // Every setting is there before it is overwritten: a generated reader does not know initial values.
            var json = JsonSerializer.SerializeToNode(new HomeSettings(), SettingsJson.Default.HomeSettings)!.AsObject();
            if (File.Exists(path))
                json = MergePatch.Apply(json, OneDocument(path));
            foreach (DictionaryEntry variable in environment)
            {
                // Only names with a section: ORRERY_HOME and its like mean other things.
                string name = (string)variable.Key;
                if (name.StartsWith(Prefix, StringComparison.Ordinal) && name.Contains(Separator, StringComparison.Ordinal))
                    Set(json, name[Prefix.Length..].Split(Separator), (string?)variable.Value);
            }
            return json.Deserialize(SettingsJson.Default.HomeSettings)!;
        }
        catch (Exception e) when (e is InvalidDocumentException or JsonException)
        {
            throw new CliException($"Settings of {path} and {Prefix}* variables: {e.Message}");
        }
    }

    private static JsonObject OneDocument(string path) => Yaml.ParseAll(File.ReadAllText(path)) switch
    {
        [] => [],
        [var document] => document,
        var several => throw new InvalidDocumentException($"there must be one document, not {several.Count}"),
    };

    private static void Set(JsonObject json, ReadOnlySpan<string> path, string? value)
    {
        string part = path[0];
        string name = json.Select(p => p.Key).FirstOrDefault(k => k.Equals(part, StringComparison.OrdinalIgnoreCase)) ?? part;
        if (path.Length == 1)
        {
            json[name] = value;
            return;
        }
        if (json[name] is not JsonObject section)
            json[name] = section = [];
        Set(section, path[1..], value);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(HomeSettings))]
internal sealed partial class SettingsJson : JsonSerializerContext;
