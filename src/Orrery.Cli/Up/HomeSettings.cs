using System.Collections;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Orrery.Cli.Client;
using Orrery.Cli.Telemetry;
using Orrery.Gateway;
using Orrery.ModelAgent;
using Orrery.Resources;
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

    public ModelAgentOptions Models { get; init; } = new();

    public ServingSettings Serving { get; init; } = new();

    public ContainerSettings Containers { get; init; } = new();

    public TelemetrySettings Telemetry { get; init; } = new();

    /// <exception cref="CliException">Names the file or variable, the setting, its value and what it must be.</exception>
    public static HomeSettings Load(string path, IDictionary environment)
    {
        // Every setting is there before it is overwritten: a generated reader does not know initial values.
        var values = new SettingValues(SettingsJson.Default.HomeSettings, JsonSerializer.SerializeToNode(new HomeSettings(), SettingsJson.Default.HomeSettings)!.AsObject());
        values.Take(OneDocument(path), path);
        foreach (DictionaryEntry variable in environment)
        {
            // Only names with a section: ORRERY_HOME and its like mean other things.
            string name = (string)variable.Key;
            if (name.StartsWith(Prefix, StringComparison.Ordinal) && name.Contains(Separator, StringComparison.Ordinal))
                values.Take(Nested(name[Prefix.Length..].Split(Separator), (string?)variable.Value), $"variable {name}");
        }
        var settings = values.Json.Deserialize(SettingsJson.Default.HomeSettings)!;
        List<string> problems =
        [
            .. settings.Gateway.Problems().Concat(settings.Models.Problems()).Concat(settings.Serving.Problems()).Concat(settings.Containers.Problems())
                .Concat(settings.Telemetry.Problems()).Select(values.WithSource),
        ];
        return problems.Count == 0 ? settings : throw new CliException(string.Join("; ", problems));
    }

    private static JsonObject OneDocument(string path)
    {
        if (Directory.Exists(path))
            throw new CliException($"{path} is a folder, and settings are a file. Move it away.");
        try
        {
            return File.Exists(path) ? Parse(File.ReadAllBytes(path)) : [];
        }
        catch (Exception e) when (e is InvalidDocumentException or IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path}: {e.Message}");
        }
    }

    private static JsonObject Parse(byte[] bytes)
    {
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
            throw new InvalidDocumentException("is not text in UTF-8. Save it as that.");
        return Yaml.ParseAll(Encoding.UTF8.GetString(bytes).TrimStart('\ufeff')) switch
        {
            [] => [],
            [var document] => document,
            var several => throw new InvalidDocumentException($"there must be one document, not {several.Count}"),
        };
    }

    private static JsonObject Nested(ReadOnlySpan<string> names, string? value)
        => new() { [names[0]] = names.Length == 1 ? JsonValue.Create(value) : Nested(names[1..], value) };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(HomeSettings))]
internal sealed partial class SettingsJson : JsonSerializerContext;
