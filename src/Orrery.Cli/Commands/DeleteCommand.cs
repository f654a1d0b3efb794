using System.CommandLine;
using Orrery.Cli.Client;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery delete isvc NAME</c></summary>
internal static class DeleteCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var words = new Argument<string[]>("OBJECTS") { Description = "A kind and names, or each object as KIND/NAME.", Arity = ArgumentArity.OneOrMore };
        var ns = CommonOptions.Namespace();
        var command = new Command("delete", "Delete objects, and what they own.") { words, ns };
        command.SetAction(async (parsed, ct) =>
        {
            var objects = ObjectReferenceText.Objects(parsed.GetValue(words)!);
            using var home = CommonOptions.Connect(parsed);
            var client = new ResourceClient(home.Api);
            await EachObject.DoAsync(
                objects,
                o => $"{o.Kind.Singular}/{o.Name}",
                async o =>
                {
                    await client.DeleteAsync(o.Kind, parsed.GetValue(ns)!, o.Name, ct);
                    return "deleted";
                },
                "could not be deleted",
                console.Profile.Out.Writer);
            return 0;
        });
        return command;
    }
}
