using System.CommandLine;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Connections;
using Orrery.Cli.Inspecting;
using Orrery.Cli.Objects;
using Orrery.Cli.Output;
using Orrery.Cli.Up;
using Orrery.Models;
using Orrery.Models.Understanding;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery models inspect PATH|NAME</c>: what a model is, by the headers of its files. A path needs no server.</summary>
internal static class InspectCommand
{
    public const string Name = "inspect";

    public static Command Create(IAnsiConsole console)
    {
        var model = new Argument<string>("MODEL")
        {
            Description = "A path: a GGUF or safetensors file, or a folder with config.json or model_index.json; or the name of a model that `orrery models` lists.",
        };
        var output = CommonOptions.Output();
        var command = new Command(Name, "Show what a model is: size, context, memory, abilities.") { model, output };
        command.OnServer();
        command.SetAction(async (parsed, ct) =>
        {
            string given = parsed.GetValue(model)!;
            string path = Path.Exists(given) ? given : await PathOfAsync(parsed, given, ct);
            await console.Profile.Out.Writer.WriteAsync(ModelReport.Of(Read(path), parsed.GetValue(output) ?? new OutputFormat.Table(Wide: false)));
            return 0;
        });
        return command;
    }

    private static ModelSummary Read(string path)
    {
        try
        {
            return ModelSummary.Read(path);
        }
        catch (Exception e) when (e is InvalidModelFileException or IOException or UnauthorizedAccessException)
        {
            throw new CliException(e.Message);
        }
    }

    /// <summary>Where the home has the model's files, of its namespace or of all.</summary>
    private static async Task<string> PathOfAsync(ParseResult parsed, string name, CancellationToken ct)
    {
        if (name.Contains('/'))
            throw new CliException(ModelFiles.Absent(name));
        using var session = ApiSession.Open(parsed);
        foreach (var kind in await session.ResolveAsync(c => ObjectWords.Kinds("basemodels,clusterbasemodels", c), ct))
        {
            if (await session.Client.FindAsync(kind, session.Namespace(parsed), name, ct) is { } found)
                return PathIn(found, $"{kind.One}/{name}", session.IsHome);
        }
        throw new CliException($"There is no model '{name}', nor a file of that name. `orrery get models -A` lists the models.");
    }

    private static string PathIn(JsonObject model, string title, bool isHere)
    {
        if (model["status"]?["path"]?.ToString() is { } path)
            return isHere ? path : throw new CliException($"The files of {title} lie where the server is. What is known of them shows: orrery describe {title}");
        var conditions = model["status"]?["conditions"] as JsonArray ?? [];
        string why = conditions.FirstOrDefault(c => c?["type"]?.ToString() == "Ready")?["message"]?.ToString() is { Length: > 0 } message ? message : "it was not looked at yet";
        throw new CliException($"{title} is not ready: {why}");
    }
}
