using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Cli.Connections;
using Orrery.Cli.Objects;
using Orrery.Cli.Output;
using Orrery.Cli.Output.JsonPath;
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
        var watch = new Option<bool>("--watch", "-w") { Description = "Go on with a row for each change, until Ctrl-C. For one kind, or one object of it." };
        var watchOnly = new Option<bool>("--watch-only") { Description = "The same without what there is now." };
        var output = CommonOptions.Output();
        var labels = new Option<bool>("--show-labels") { Description = "A column with each object's labels." };
        var noHeaders = new Option<bool>("--no-headers") { Description = "Rows alone." };
        var sortBy = new Option<string?>("--sort-by") { Description = "Path of the value to sort by, as in .metadata.creationTimestamp.", HelpName = "path" };
        var ignore = new Option<bool>("--ignore-not-found") { Description = "An object that is not there is no mistake." };
        var command = new Command("get", "List objects, or show some.")
        {
            words, CommonOptions.AllNamespaces, CommonOptions.Labels, CommonOptions.Fields, watch, watchOnly, output, labels, noHeaders, sortBy, ignore,
        }.OnServer();
        command.SetAction(async (parsed, ct) =>
        {
            string[] wanted = parsed.GetValue(words)!;
            bool byName = ObjectWords.NameObjects(wanted);
            bool isSelected = parsed.GetValue(CommonOptions.Labels) is not null || parsed.GetValue(CommonOptions.Fields) is not null;
            if (byName && parsed.GetValue(CommonOptions.AllNamespaces))
                throw new CliException("--all-namespaces lists whole kinds; an object is named within one namespace: use --namespace.");
            if (byName && isSelected)
                throw new CliException("--selector and --field-selector choose among whole kinds; leave out the names.");

            using var session = ApiSession.Open(parsed);
            var (objects, kinds) = await session.ResolveAsync(
                c => byName ? (ObjectWords.Objects(wanted, c), []) : ((IReadOnlyList<ObjectName>)[], ObjectWords.Kinds(wanted[0], c)), ct);
            if (byName)
                kinds = [.. objects.Select(o => o.Kind).Distinct()];
            string where = session.Namespace(parsed);
            var query = new ListQuery(parsed.GetValue(CommonOptions.AllNamespaces) ? null : where, parsed.GetValue(CommonOptions.Labels), parsed.GetValue(CommonOptions.Fields));
            var format = parsed.GetValue(output) ?? new OutputFormat.Table(Wide: false);
            var style = new TableStyle(format is OutputFormat.Table { Wide: true }, parsed.GetValue(labels), Headers: !parsed.GetValue(noHeaders));
            var writer = console.Profile.Out.Writer;
            if (parsed.GetValue(watch) || parsed.GetValue(watchOnly))
            {
                if (kinds.Count != 1 || objects.Count > 1)
                    throw new CliException("--watch follows one kind, or one object.");
                if (parsed.GetValue(sortBy) is not null)
                    throw new CliException("--sort-by sorts a list, and a watch has no end.");
                if (objects is [var one])
                {
                    await session.Client.GetAsync(one.Kind, where, one.Name, table: false, ct);
                    query = query.Named(one.Name);
                }
                var follow = new ObjectWatch(
                    session.Client, kinds[0], query, format, style with { Namespace = query.Namespace is null && kinds[0].Namespaced }, parsed.GetValue(watchOnly), TimeProvider.System, writer);
                await ReaderWatch.RunAsync(follow.FollowAsync, ct);
                return 0;
            }
            var order = parsed.GetValue(sortBy) is { } path ? new ObjectOrder(JsonPathTemplate.Parse(path)) : null;
            var list = new ObjectList(session.Client, format, style, order);
            await writer.WriteAsync(byName ? await list.OfNamesAsync(objects, where, parsed.GetValue(ignore), ct) : await list.OfKindsAsync(kinds, query, ct));
            return 0;
        });
        return command;
    }
}
