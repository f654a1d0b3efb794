using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Cli.Output;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery get isvc,models</c>, <c>orrery get isvc NAME</c>, <c>orrery get isvc/NAME cbm/NAME</c></summary>
internal static class GetCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var words = new Argument<string[]>("OBJECTS")
        {
            Description = "Kinds, short names or categories, separated by commas; a kind and names; or each object as KIND/NAME.",
            Arity = ArgumentArity.OneOrMore,
        };
        var ns = CommonOptions.Namespace();
        var all = new Option<bool>("--all-namespaces", "-A") { Description = "Objects of every namespace." };
        var watch = new Option<bool>("--watch", "-w") { Description = "Go on with a row for each change, until Ctrl-C. For one kind, or one object of it." };
        var output = CommonOptions.Output();
        var command = new Command("get", "List objects, or show some.") { words, ns, all, watch, output };
        command.SetAction(async (parsed, ct) =>
        {
            string[] wanted = parsed.GetValue(words)!;
            bool byName = wanted.Length > 1 || wanted[0].Contains('/');
            var objects = byName ? ObjectReferenceText.Objects(wanted) : [];
            var kinds = byName ? [.. objects.Select(o => o.Kind).Distinct()] : ObjectReferenceText.Kinds(wanted[0]);
            if (byName && parsed.GetValue(all))
                throw new CliException("--all-namespaces lists whole kinds; an object is named within one namespace: use --namespace.");
            if (parsed.GetValue(watch) && (kinds.Count != 1 || objects.Count > 1 || parsed.GetValue(output) != OutputFormat.Table))
                throw new CliException("--watch follows one kind, or one object, as a table.");

            using var home = CommonOptions.Connect(parsed);
            var client = new ResourceClient(home.Api);
            string where = parsed.GetValue(ns)!;
            string? space = parsed.GetValue(all) ? null : where;
            var writer = console.Profile.Out.Writer;
            if (parsed.GetValue(watch))
            {
                await new WatchedTable(client, kinds[0], space, objects.Count == 1 ? objects[0].Name : null, TimeProvider.System, writer).FollowAsync(ct);
                return 0;
            }
            var list = new ObjectList(client, parsed.GetValue(output));
            await writer.WriteAsync(byName ? await list.OfNamesAsync(objects, where, ct) : await list.OfKindsAsync(kinds, space, ct));
            return 0;
        });
        return command;
    }
}
