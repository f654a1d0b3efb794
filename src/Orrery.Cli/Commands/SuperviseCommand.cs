using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Local.Supervision;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery supervise</c>: started by <c>up</c>, which talks to it over standard input and output. Not for people.</summary>
internal static class SuperviseCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "The home's folder of what runs." };
        var command = new Command("supervise", "Start and end the processes of a home, as told on standard input.") { run };
        command.Hidden = true;
        command.SetAction((parsed, _) =>
        {
            string folder = parsed.GetValue(run)!;
            return Directory.Exists(folder)
                ? Supervisor.RunAsync(folder, TimeProvider.System)
                : throw new CliException($"There is no folder '{folder}'. orrery up starts this command by itself.");
        });
        return command;
    }
}
