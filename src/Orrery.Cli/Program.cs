using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Cli.Commands;
using Spectre.Console;

#pragma warning disable RS0030 // Here the console is made into what everything else writes to.
var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
var errors = Console.Error;
var input = Console.In;
#pragma warning restore RS0030

// `up` ends within 5 s of a signal, whatever hangs; the pipe to the supervisor ends what is left.
var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(4.5) };
var root = new RootCommand("Orrery: large language models on machines that you own.")
{
    CommonOptions.Home,
    UpCommand.Create(console),
    ModelsCommand.Create(console),
    RunCommand.Create(console),
    ChatCommand.Create(console, input),
    GetCommand.Create(console),
    ApplyCommand.Create(console),
    DeleteCommand.Create(console),
    LogsCommand.Create(console),
    EngineCommand.Create(console),
    SuperviseCommand.Create(),
};

try
{
    return await root.Parse(args).InvokeAsync(invocation);
}
catch (CliException e)
{
    await errors.WriteLineAsync($"orrery: {e.Message.ReplaceLineEndings(" ")}");
    return 1;
}
catch (OperationCanceledException)
{
    // Ctrl-C in the middle of a stream is how people end one.
    return 130;
}
