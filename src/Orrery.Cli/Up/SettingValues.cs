using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Orrery.Cli.Client;

namespace Orrery.Cli.Up;

/// <summary>Settings as they come together from several sources, each value checked where it is taken: later nobody knows whence it came.</summary>
/// <param name="view">Which settings there are.</param>
/// <param name="json">All of them with their defaults.</param>
internal sealed class SettingValues(JsonTypeInfo view, JsonObject json)
{
    private readonly Dictionary<string, string> _sources = [];

    public JsonObject Json => json;

    /// <exception cref="CliException">A name is not known or a value cannot be read.</exception>
    public void Take(JsonObject values, string source) => Take(json, view, "", values, source);

    /// <summary>A problem that starts with a setting's path and a colon, with the file or variable that set it in front.</summary>
    public string WithSource(string problem)
        => _sources.TryGetValue(problem.Split(':')[0], out string? source) ? $"{source}: {problem}" : problem;

    private void Take(JsonObject into, JsonTypeInfo section, string path, JsonObject values, string source)
    {
        foreach (var (name, value) in values)
        {
            var property = section.Properties.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                ?? throw new CliException(
                    $"{source}: {path}{name}: there is no such setting; {(path.Length == 0 ? "sections are" : "there are")} {string.Join(", ", section.Properties.Select(p => p.Name))}.");
            string at = path + property.Name;
            var type = section.Options.GetTypeInfo(property.PropertyType);
            if (type.Kind == JsonTypeInfoKind.Object)
            {
                if (value is not JsonObject inner)
                    throw new CliException($"{source}: {at}: {Shown(value)} must be a section with settings, such as {at}: {{{type.Properties[0].Name}: …}}.");
                Take(into[property.Name]!.AsObject(), type, $"{at}.", inner, source);
                continue;
            }
            if (!IsReadable(value, type))
                throw new CliException($"{source}: {at}: {Shown(value)} must be {Expected(property.PropertyType)}.");
            into[property.Name] = value!.DeepClone();
            _sources[at] = source;
        }
    }

    private static bool IsReadable(JsonNode? value, JsonTypeInfo type)
    {
        try
        {
            return value.Deserialize(type) is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Expected(Type type) => type switch
    {
        _ when type == typeof(TimeSpan) => "a time such as 00:01:00",
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(double) => "a number",
        _ when type == typeof(bool) => "true or false",
        _ => "text",
    };

    private static string Shown(JsonNode? value) => value switch
    {
        null => "nothing",
        JsonValue text when text.GetValueKind() == JsonValueKind.String => $"'{text}'",
        _ => value.ToJsonString(),
    };
}
