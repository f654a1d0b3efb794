using System.CommandLine;
using Orrery.Cli.Connections;
using Orrery.Cli.Editing;
using Orrery.Cli.Objects;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery edit isvc/NAME</c></summary>
internal static class EditCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var words = new Argument<string[]>("OBJECT") { Description = "KIND/NAME, or a kind and a name.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("edit", "Change an object in your editor: $ORRERY_EDITOR, $EDITOR, else vi.") { words };
        command.OnServer();
        command.SetAction(async (parsed, ct) =>
        {
            using var session = ApiSession.Open(parsed);
            var one = await session.ResolveAsync(c => ObjectWords.Object(parsed.GetValue(words)!, c), ct);
            string done = await new EditSession(session.Client, one, session.Namespace(parsed), Editor.RunAsync).RunAsync(ct);
            await console.Profile.Out.Writer.WriteLineAsync(done);
            return 0;
        });
        return command;
    }
}
