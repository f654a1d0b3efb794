using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery logs isvc/NAME -f</c></summary>
internal static class LogsCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var reference = new Argument<string>("SERVICE") { Description = "isvc/NAME." };
        var name = new Argument<string?>("NAME") { Arity = ArgumentArity.ZeroOrOne };
        var ns = CommonOptions.Namespace();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with new lines." };
        var tail = CommonOptions.Whole("--tail", "Only so many last lines.");
        var command = new Command("logs", "Show what the replicas of a service wrote.") { reference, name, ns, follow, tail };
        command.SetAction(async (parsed, ct) =>
        {
            using var home = CommonOptions.Connect(parsed);
            var (kind, service) = Service(parsed.GetValue(reference)!, parsed.GetValue(name));
            if (kind != InferenceService.Kind)
                throw new CliException($"Logs are kept of services: write isvc/NAME, not {kind.Singular}/{service}.");
            var lines = new ResourceClient(home.Api).LogsAsync(parsed.GetValue(ns)!, service, parsed.GetValue(follow), parsed.GetValue(tail), ct);
            var writer = console.Profile.Out.Writer;
            await foreach (string line in lines)
            {
                await writer.WriteLineAsync(line);
                await writer.FlushAsync(ct);
            }
            return 0;
        });
        return command;
    }

    private static ObjectName Service(string reference, string? name)
    {
        bool isAlone = name is null && !reference.Contains('/');
        if (isAlone && Kinds.Named(reference).Count == 0)
            throw new CliException($"'{reference}' is no kind. To see the logs of a service of that name write isvc/{reference}.");
        return ObjectReferenceText.Objects(name is null ? [reference] : [reference, name])[0];
    }
}
