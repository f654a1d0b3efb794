using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Cli.Manifests;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery apply -f FILE</c>: each object of the manifest is created, or the manifest merged into the one that is there.</summary>
internal static class ApplyCommand
{
    private const string Description
        = "Create or change objects from manifests. A manifest is merged into the object that is there: a field that was removed from the manifest stays in the object; "
        + "to remove it there, set it to null once, or delete the object and apply again.";

    public static Command Create(IAnsiConsole console)
    {
        var files = new Option<string[]>("--filename", "-f") { Description = "YAML or JSON file, folder of them, or - for standard input.", Required = true };
        var ns = CommonOptions.Namespace();
        var command = new Command("apply", Description) { files, ns };
        command.SetAction(async (parsed, ct) =>
        {
            using var home = CommonOptions.Connect(parsed);
            var client = new ResourceClient(home.Api);
            // All manifests are read before the first is sent: a typing mistake in the last one changes nothing.
            var manifests = ManifestFiles.Read(parsed.GetValue(files)!, parsed.GetValue(ns)!, isGiven: parsed.GetResult(ns) is { Implicit: false });
            await EachObject.DoAsync(manifests, m => m.Title, m => client.ApplyAsync(m, ct), "were refused", console.Profile.Out.Writer);
            return 0;
        });
        return command;
    }
}
