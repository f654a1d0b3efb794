using System.CommandLine;
using Orrery.Cli.Client;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery delete isvc NAME</c></summary>
internal static class DeleteCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var kind = new Argument<string>("KIND") { Description = "Kind, or KIND/NAME." };
        var names = new Argument<string[]>("NAMES") { Description = "Objects.", Arity = ArgumentArity.ZeroOrMore };
        var ns = CommonOptions.Namespace();
        var command = new Command("delete", "Delete objects, and what they own.") { kind, names, ns };
        command.SetAction(async (parsed, ct) =>
        {
            using var home = CommonOptions.Connect(parsed);
            var client = new ResourceClient(home.Api);
            string[] wanted = parsed.GetValue(names) ?? [];
            var objects = wanted.Length == 0
                ? [ObjectReferenceText.One(parsed.GetValue(kind)!, null)]
                : wanted.Select(n => ObjectReferenceText.One(parsed.GetValue(kind)!, n)).ToList();
            foreach (var (one, name) in objects)
            {
                await client.DeleteAsync(one, parsed.GetValue(ns)!, name, ct);
                await console.Profile.Out.Writer.WriteLineAsync($"{one.Singular}/{name} deleted");
            }
            return 0;
        });
        return command;
    }
}
