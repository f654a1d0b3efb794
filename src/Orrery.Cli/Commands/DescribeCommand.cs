using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Cli.Connections;
using Orrery.Cli.Describing;
using Orrery.Cli.Objects;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery describe isvc/NAME</c></summary>
internal static class DescribeCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var words = new Argument<string[]>("OBJECTS") { Description = "A kind and names, each object as KIND/NAME, or a kind: all of its objects.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("describe", "Show objects for people: fields, conditions, decisions, events.") { words, CommonOptions.Labels }.OnServer();
        command.SetAction(async (parsed, ct) =>
        {
            using var session = ApiSession.Open(parsed);
            string ns = session.Namespace(parsed);
            string[] wanted = parsed.GetValue(words)!;
            string? labels = parsed.GetValue(CommonOptions.Labels);
            var objects = await ChosenObjects.OfAsync(session, wanted, ns, all: labels is null && !ObjectWords.NameObjects(wanted), labels, ct);
            if (objects.Count == 0)
                throw new CliException($"There are no {wanted[0]} in namespace '{ns}'.");
            var describer = new Describer(session, await session.CatalogAsync(ct), TimeProvider.System);
            for (int i = 0; i < objects.Count; i++)
                await console.Profile.Out.Writer.WriteAsync((i == 0 ? "" : "\n") + await describer.DescribeAsync(objects[i], ns, ct));
            return 0;
        });
        return command;
    }
}
