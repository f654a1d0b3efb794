using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Resources;
using Orrery.Resources.Text;

namespace Orrery.Cli.Manifests;

/// <summary>Reads what <c>-f</c> names.</summary>
internal static class ManifestFiles
{
    private const int MaxBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan FetchWithin = TimeSpan.FromSeconds(30);

    /// <summary>Every object, in the order written; lists are taken apart.</summary>
    /// <param name="files">A file, a folder of <c>.yaml</c>, <c>.yml</c> and <c>.json</c>, an http or https address, or <c>-</c> for standard input.</param>
    /// <param name="recursive">Folders with what is below them.</param>
    /// <exception cref="CliException">A file cannot be read, or is not YAML.</exception>
    public static async Task<IReadOnlyList<WrittenObject>> ReadAsync(IEnumerable<string> files, bool recursive, CancellationToken ct)
    {
        List<WrittenObject> objects = [];
        foreach (string file in files.SelectMany(f => Expand(f, recursive)))
            objects.AddRange(Parse(file, await TextAsync(file, ct)));
        return objects;
    }

    /// <exception cref="CliException">It is not YAML.</exception>
    public static IReadOnlyList<WrittenObject> Parse(string file, string text)
    {
        try
        {
            // JSON is YAML too, so one reader serves both.
            return [.. Yaml.ParseAll(text).SelectMany(Items).Select(j => new WrittenObject(file, j))];
        }
        catch (InvalidDocumentException e)
        {
            throw new CliException($"{file}: {e.Message}");
        }
    }

    private static IEnumerable<string> Expand(string file, bool recursive)
    {
        if (Directory.Exists(file))
        {
            return Directory.EnumerateFiles(file, "*", recursive ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly)
                .Where(f => f.EndsWith(".yaml") || f.EndsWith(".yml") || f.EndsWith(".json")).Order(StringComparer.Ordinal);
        }
        return file == "-" || IsAddress(file) || File.Exists(file) ? [file] : throw new CliException($"There is no file '{file}'.");
    }

    private static bool IsAddress(string file) => file.StartsWith("https://", StringComparison.Ordinal) || file.StartsWith("http://", StringComparison.Ordinal);

    private static async Task<string> TextAsync(string file, CancellationToken ct)
    {
        try
        {
            if (IsAddress(file))
                return await FetchAsync(file, ct);
            await using var stream = file == "-" ? StandardStreams.Input() : File.OpenRead(file);
            using var reader = new StreamReader(stream);
            char[] buffer = new char[MaxBytes + 1];
            int read = await reader.ReadBlockAsync(buffer, ct);
            return read <= MaxBytes ? new string(buffer, 0, read) : throw new CliException($"{file}: larger than {MaxBytes} bytes. Split it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{file} cannot be read: {e.Message}");
        }
    }

    private static async Task<string> FetchAsync(string address, CancellationToken ct)
    {
        using var http = new HttpClient { Timeout = FetchWithin, MaxResponseContentBufferSize = MaxBytes };
        try
        {
            return await http.GetStringAsync(address, ct);
        }
        catch (Exception e) when (e is HttpRequestException or UriFormatException or InvalidOperationException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw new CliException($"{address} cannot be read: {e.Message}");
        }
    }

    private static IEnumerable<JsonObject> Items(JsonObject json)
        => json["kind"]?.ToString() == "List" && json["items"] is JsonArray items
            ? items.Select((item, i) => item as JsonObject ?? throw new InvalidDocumentException($"items[{i}]: must be an object"))
            : [json];
}
