using System.CommandLine;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Connections;
using Orrery.Cli.Objects;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery scale isvc NAME --replicas N</c></summary>
internal static class ScaleCommand
{
    private const string MergePatch = "application/merge-patch+json";

    public static Command Create(IAnsiConsole console)
    {
        var words = new Argument<string[]>("OBJECTS") { Description = "A kind and names, each object as KIND/NAME, or a kind with --all or --selector.", Arity = ArgumentArity.OneOrMore };
        var replicas = new Option<int?>("--replicas")
        {
            Description = "Replicas that always run. 0: none while nobody asks.",
            Required = true,
            HelpName = "number",
            CustomParser = result =>
            {
                if (int.TryParse(result.Tokens[0].Value, out int number) && number >= 0)
                    return number;
                result.AddError($"--replicas: '{result.Tokens[0].Value}' must be 0 or a whole number above");
                return null;
            },
        };
        var current = new Option<int?>("--current-replicas") { Description = "Only if that many are wanted now.", HelpName = "number" };
        var all = new Option<bool>("--all") { Description = "All objects of the kind, in the namespace." };
        var command = new Command("scale", "Set how many replicas always run.") { words, replicas, current, all, CommonOptions.Labels }.OnServer();
        command.SetAction(async (parsed, ct) =>
        {
            using var session = ApiSession.Open(parsed);
            string ns = session.Namespace(parsed);
            var objects = await ChosenObjects.OfAsync(session, parsed.GetValue(words)!, ns, parsed.GetValue(all), parsed.GetValue(CommonOptions.Labels), ct);
            if (objects.Count == 0)
                throw new CliException("There are no such objects.");
            int wanted = parsed.GetValue(replicas)!.Value;
            await EachObject.DoAsync(
                objects,
                o => o.Title,
                async o =>
                {
                    string path = $"{o.Kind.Path(ns, o.Name)}/scale";
                    var patch = new JsonObject { ["spec"] = new JsonObject { ["replicas"] = wanted } };
                    if (parsed.GetValue(current) is { } expected)
                    {
                        var scale = await session.Client.DocumentAsync(path, "application/json", ct);
                        if ((int?)scale["spec"]?["replicas"] is var now && now != expected)
                            throw new CliException($"{o.Title}: {now} replicas are wanted now, not {expected}.");
                        // Whoever changes it in between wins.
                        patch["metadata"] = new JsonObject { ["resourceVersion"] = scale["metadata"]?["resourceVersion"]?.ToString() };
                    }
                    await session.Client.WriteAsync(HttpMethod.Patch, path, patch, MergePatch, ct);
                    return $"scaled to {wanted}";
                },
                "could not be scaled",
                console.Profile.Out.Writer);
            return 0;
        });
        return command;
    }
}
