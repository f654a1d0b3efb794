using System.CommandLine;
using System.CommandLine.Invocation;
using Orrery.Cli;
using Orrery.Cli.Client;
using Orrery.Cli.Commands;
using Orrery.Cli.Parsing;
using Spectre.Console;

StandardStreams.GuardOutput();
#pragma warning disable RS0030 // Here the console is made into what everything else writes to.
var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
var errors = Console.Error;
var input = Console.In;
#pragma warning restore RS0030

var root = AllCommands.Create(console, input);
if (CompletionCommand.IsAsked(args))
    return await CompletionCommand.AnswerAsync(root, args, console.Profile.Out.Writer);

// A prompt may begin with @, which would otherwise name a file of arguments.
var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
// `up` ends within 5 s of the time that its replicas take to drain, whatever hangs; the pipe to the supervisor ends what is left.
// `chat` sees to Ctrl-C itself, and a signal that it leaves alone ends the process: nothing else interrupts the reading of a line.
// `engine` may finish its answers first.
TimeSpan? patience = parsed.CommandResult.Command.Name switch
{
    ChatCommand.Name => null,
    UpCommand.Name when parsed.Errors.Count == 0 => UpCommand.MaxDrain(parsed) + TimeSpan.FromSeconds(4.5),
    EngineCommand.Name when parsed.Errors.Count == 0 => EngineCommand.Grace(parsed) + TimeSpan.FromSeconds(2.5),
    _ => TimeSpan.FromSeconds(4.5),
};
var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = patience };
try
{
    return parsed.Action is ParseErrorAction ? throw new CliException(Mistake.Of(parsed)) : await parsed.InvokeAsync(invocation);
}
catch (CliException e)
{
    return await FailAsync(e.Message);
}
catch (OperationCanceledException)
{
    // Ctrl-C in the middle of a stream is how people end one.
    return 130;
}
catch (Exception e)
{
    // Nothing here knows this one: the line says what it was, and the log of `up` where it came from.
    return await FailAsync(LastWord.Of(e, parsed));
}

async Task<int> FailAsync(string message)
{
    try
    {
        await errors.WriteLineAsync($"orrery: {message.ReplaceLineEndings(" ")}");
    }
    catch (IOException)
    {
        // With nowhere to say it, the exit code alone says it.
    }
    return parsed.CommandResult.Command.Name == DiffCommand.Name ? DiffCommand.Failed : 1;
}
