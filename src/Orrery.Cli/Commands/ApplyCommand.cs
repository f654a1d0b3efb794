using System.CommandLine;
using System.Text.Json.Nodes;
using Orrery.Cli.Connections;
using Orrery.Cli.Differences;
using Orrery.Cli.Manifests;
using Orrery.Cli.Objects;
using Orrery.Cli.Output;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery apply -f FILE</c>: server-side apply of each object.</summary>
internal static class ApplyCommand
{
    private const string Description
        = "Create or change objects from manifests. The server keeps who owns which field: a field taken out of the manifest is taken out of the object, "
        + "and a field that somebody else owns is refused until it is taken over.";

    private const string Server = "server";
    private const string Client = "client";

    public static Command Create(IAnsiConsole console)
    {
        var manifests = new ManifestOptions();
        var dryRun = CommonOptions.Choice("--dry-run", "server: check and answer as if, change nothing. client: read the manifests, send nothing.", "none", ["none", Server, Client]);
        var output = CommonOptions.Output();
        var command = new Command("apply", Description) { dryRun, output };
        manifests.AddTo(command);
        command.OnServer();
        command.SetAction(async (parsed, ct) =>
        {
            using var session = ApiSession.Open(parsed);
            var all = await manifests.ReadAsync(parsed, session, ct);
            string mode = parsed.GetValue(dryRun)!;
            var format = parsed.GetValue(output);
            var writer = console.Profile.Out.Writer;
            List<FoundObject> results = [];
            await EachObject.DoAsync(
                all,
                m => m.Title,
                async m =>
                {
                    var before = await session.Client.FindAsync(m.Kind, m.Namespace, m.Name, ct);
                    var after = mode == Client ? m.Json : await session.Client.ApplyAsync(m, manifests.Parameters(parsed, mode == Server), ct);
                    results.Add(FoundObject.Of(m.Kind, after));
                    return Word(m, before, after, mode) + (mode == "none" ? "" : $" ({mode} dry run)");
                },
                "were refused",
                format is null or OutputFormat.Table ? writer : TextWriter.Null);
            if (format is not (null or OutputFormat.Table))
                await writer.WriteAsync(ObjectText.Of(format, results, isList: false));
            return 0;
        });
        return command;
    }

    // By what it says, not by its version: that moves too when only the owner of a field does, or meanwhile the status.
    private static string Word(Manifest manifest, JsonObject? before, JsonObject after, string mode)
    {
        if (before is null)
            return "created";
        bool isSame = mode != Client && JsonNode.DeepEquals(ComparedObject.Of(manifest.Kind, before), ComparedObject.Of(manifest.Kind, after));
        return isSame ? "unchanged" : "configured";
    }
}
