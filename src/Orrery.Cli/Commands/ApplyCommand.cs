using System.CommandLine;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Resources;
using Orrery.Resources.Text;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery apply -f FILE</c>: each object of the manifest is created, or the manifest merged into the one that is there.</summary>
internal static class ApplyCommand
{
    private const int MaxManifestBytes = 16 * 1024 * 1024;

    public static Command Create(IAnsiConsole console)
    {
        var files = new Option<string[]>("--filename", "-f") { Description = "YAML or JSON file, folder of them, or - for standard input.", Required = true };
        var ns = CommonOptions.Namespace();
        var command = new Command("apply", "Create or change objects from manifests.") { files, ns };
        command.SetAction(async (parsed, ct) =>
        {
            using var home = CommonOptions.Connect(parsed);
            var client = new ResourceClient(home.Api);
            // All manifests are read before the first is sent: a typing mistake in the last one changes nothing.
            var manifests = parsed.GetValue(files)!.SelectMany(Expand).SelectMany(Read).ToList();
            if (manifests.Count == 0)
                throw new CliException("The manifests hold no objects.");
            int failed = 0;
            foreach (var (json, kind) in manifests)
            {
                string where = (json["metadata"] as JsonObject)?["namespace"]?.ToString() ?? parsed.GetValue(ns)!;
                string name = $"{kind.Singular}/{(json["metadata"] as JsonObject)?["name"]}";
                try
                {
                    string what = await client.ApplyAsync(kind, where, json, ct);
                    await console.Profile.Out.Writer.WriteLineAsync($"{name} {what}");
                }
                catch (CliException e) when (manifests.Count > 1)
                {
                    failed++;
                    await console.Profile.Out.Writer.WriteLineAsync($"{name}: {e.Message}");
                }
            }
            return failed == 0 ? 0 : throw new CliException($"{failed} of {manifests.Count} objects were refused.");
        });
        return command;
    }

    private static IEnumerable<string> Expand(string file)
    {
        if (Directory.Exists(file))
            return Directory.EnumerateFiles(file).Where(f => f.EndsWith(".yaml") || f.EndsWith(".yml") || f.EndsWith(".json")).Order(StringComparer.Ordinal);
        return file == "-" || File.Exists(file) ? [file] : throw new CliException($"There is no file '{file}'.");
    }

    private static List<(JsonObject Json, ResourceKind Kind)> Read(string file)
    {
        try
        {
            // JSON is YAML too, so one reader serves both.
            return [.. Yaml.ParseAll(TextOf(file)).SelectMany(Items).Select(json => (json, KindOf(json)))];
        }
        catch (InvalidDocumentException e)
        {
            throw new CliException($"{file}: {e.Message}");
        }
    }

    private static string TextOf(string file)
    {
        using var stream = file == "-" ? StandardStreams.Input() : File.OpenRead(file);
        using var reader = new StreamReader(stream);
        char[] buffer = new char[MaxManifestBytes + 1];
        int read = reader.ReadBlock(buffer);
        return read <= MaxManifestBytes ? new string(buffer, 0, read) : throw new CliException($"{file}: larger than {MaxManifestBytes} bytes. Split it.");
    }

    private static IEnumerable<JsonObject> Items(JsonObject json)
        => json["kind"]?.ToString() == "List" && json["items"] is JsonArray items ? items.OfType<JsonObject>().Select(i => i.DeepClone().AsObject()) : [json];

    private static ResourceKind KindOf(JsonObject json)
    {
        string apiVersion = json["apiVersion"]?.ToString() ?? "";
        string kind = json["kind"]?.ToString() ?? "";
        return Kinds.Find(apiVersion, kind) ?? throw new InvalidDocumentException(
            $"kind: no kind '{kind}' in apiVersion '{apiVersion}'; known: {string.Join(", ", Kinds.All.Select(k => $"{k.ApiVersion} {k.Name}"))}");
    }
}
