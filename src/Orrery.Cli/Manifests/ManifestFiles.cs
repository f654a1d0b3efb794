using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Resources;
using Orrery.Resources.Text;

namespace Orrery.Cli.Manifests;

/// <summary>Reads what <c>apply -f</c> names.</summary>
internal static class ManifestFiles
{
    private const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Every object, in the order written. Of the files' mistakes all are told, of a file that is not YAML the first.</summary>
    /// <param name="files">A file, a folder of <c>.yaml</c>, <c>.yml</c> and <c>.json</c>, or <c>-</c> for standard input.</param>
    /// <inheritdoc cref="Manifest.From"/>
    /// <exception cref="CliException">A file cannot be read, or an object in it is wrong.</exception>
    public static IReadOnlyList<Manifest> Read(IEnumerable<string> files, string ns, bool isGiven)
    {
        List<Manifest> manifests = [];
        List<string> problems = [];
        foreach (string file in files.SelectMany(Expand))
        {
            foreach (var json in Objects(file))
            {
                try
                {
                    manifests.Add(Manifest.From(json, ns, isGiven));
                }
                catch (InvalidDocumentException e)
                {
                    problems.Add($"{file}: {e.Message}");
                }
            }
        }
        if (problems.Count > 0)
            throw new CliException(string.Join("; ", problems));
        return manifests.Count > 0 ? manifests : throw new CliException("The manifests hold no objects.");
    }

    private static IEnumerable<string> Expand(string file)
    {
        if (Directory.Exists(file))
            return Directory.EnumerateFiles(file).Where(f => f.EndsWith(".yaml") || f.EndsWith(".yml") || f.EndsWith(".json")).Order(StringComparer.Ordinal);
        return file == "-" || File.Exists(file) ? [file] : throw new CliException($"There is no file '{file}'.");
    }

    private static List<JsonObject> Objects(string file)
    {
        try
        {
            // JSON is YAML too, so one reader serves both.
            return [.. Yaml.ParseAll(TextOf(file)).SelectMany(Items)];
        }
        catch (InvalidDocumentException e)
        {
            throw new CliException($"{file}: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{file} cannot be read: {e.Message}");
        }
    }

    private static string TextOf(string file)
    {
        using var stream = file == "-" ? StandardStreams.Input() : File.OpenRead(file);
        using var reader = new StreamReader(stream);
        char[] buffer = new char[MaxBytes + 1];
        int read = reader.ReadBlock(buffer);
        return read <= MaxBytes ? new string(buffer, 0, read) : throw new CliException($"{file}: larger than {MaxBytes} bytes. Split it.");
    }

    private static IEnumerable<JsonObject> Items(JsonObject json)
        => json["kind"]?.ToString() == "List" && json["items"] is JsonArray items
            ? items.Select((item, i) => item as JsonObject ?? throw new InvalidDocumentException($"items[{i}]: must be an object"))
            : [json];
}
