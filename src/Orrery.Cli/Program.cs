using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Cli.Commands;
using Spectre.Console;

#pragma warning disable RS0030 // Here the console is made into what everything else writes to.
var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
var errors = Console.Error;
#pragma warning restore RS0030

var root = new RootCommand("Orrery: large language models on machines that you own.")
{
    CommonOptions.Home,
    GetCommand.Create(console),
    ModelsCommand.Create(console),
    ApplyCommand.Create(console),
    DeleteCommand.Create(console),
    LogsCommand.Create(console),
    RunCommand.Create(console),
};

try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (CliException e)
{
    await errors.WriteLineAsync($"orrery: {e.Message}");
    return 1;
}
catch (OperationCanceledException)
{
    // Ctrl-C in the middle of a stream is how people end one.
    return 130;
}
