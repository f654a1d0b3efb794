using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Resources;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery models</c>: what can be asked, and what it runs on.</summary>
internal static class ModelsCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var output = CommonOptions.Output();
        var command = new Command("models", "List models and the services that answer for them.") { output };
        command.SetAction(async (parsed, ct) =>
        {
            using var home = CommonOptions.Connect(parsed);
            var kinds = Kinds.Named("models").Append(Resources.Serving.InferenceService.Kind).ToList();
            await console.Profile.Out.Writer.WriteAsync(await GetCommand.ListAsync(new ResourceClient(home.Api), kinds, ns: null, parsed.GetValue(output), ct));
            return 0;
        });
        return command;
    }
}
