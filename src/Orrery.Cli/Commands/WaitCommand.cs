using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Cli.Connections;
using Orrery.Cli.Objects;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery wait isvc/NAME --for=condition=Ready</c></summary>
internal static class WaitCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    public static Command Create(IAnsiConsole console)
    {
        var words = new Argument<string[]>("OBJECTS") { Description = "A kind and names, each object as KIND/NAME, or a kind with --all or --selector.", Arity = ArgumentArity.OneOrMore };
        var until = new Option<string>("--for") { Description = "condition=TYPE[=STATUS], delete, create, or jsonpath='{.path}'[=VALUE].", Required = true, HelpName = "what" };
        var timeout = CommonOptions.Duration("--timeout", "How long to wait at most, as in 5m; 0 looks once. Default: 30s.");
        var all = new Option<bool>("--all") { Description = "All objects of the kind." };
        var command = new Command("wait", "Wait until something holds for objects. Exit code 1 when it does not in time.") { words, until, timeout, all, CommonOptions.Labels }.OnServer();
        command.SetAction(async (parsed, ct) =>
        {
            var condition = WaitCondition.Parse(parsed.GetValue(until)!);
            var within = parsed.GetValue(timeout) ?? DefaultTimeout;
            using var session = ApiSession.Open(parsed);
            string ns = session.Namespace(parsed);
            var objects = await ChosenObjects.OfAsync(session, parsed.GetValue(words)!, ns, parsed.GetValue(all), parsed.GetValue(CommonOptions.Labels), ct);
            if (objects.Count == 0)
                throw new CliException("There are no such objects.");
            var wait = new ObjectWait(session.Client, TimeProvider.System);
            await EachObject.DoAsync(
                objects,
                o => o.Title,
                async o =>
                {
                    if (condition.NeedsObject)
                        await session.Client.GetAsync(o.Kind, ns, o.Name, table: false, ct);
                    return await wait.UntilAsync(o.Kind, ns, o.Name, condition.Holds, within, ct) ? condition.Met : throw new CliException(
                        $"{o.Title}: '{parsed.GetValue(until)}' did not hold within {within.TotalSeconds:0.###} s. See: orrery describe {o.Title}");
                },
                "did not come to it in time",
                console.Profile.Out.Writer);
            return 0;
        });
        return command;
    }
}
