using System.CommandLine;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary>The whole command line.</summary>
internal static class AllCommands
{
    /// <param name="input">What a person types.</param>
    public static RootCommand Create(IAnsiConsole console, TextReader input) => new("Orrery: large language models on machines that you own.")
    {
        CommonOptions.Home,
        UpCommand.Create(console),
        ModelsCommand.Create(console),
        PullCommand.Create(console),
        RunCommand.Create(console),
        ChatCommand.Create(console, input),
        TokenizeCommand.Create(console, input),
        QuantizeCommand.Create(console),
        MergeCommand.Create(console),
        StatusCommand.Create(console),
        GetCommand.Create(console),
        DescribeCommand.Create(console),
        ApplyCommand.Create(console),
        DiffCommand.Create(console),
        EditCommand.Create(console),
        DeleteCommand.Create(console),
        WaitCommand.Create(console),
        ScaleCommand.Create(console),
        RolloutCommand.Create(console),
        LogsCommand.Create(console),
        EventsCommand.Create(console),
        ExplainCommand.Create(console),
        ApiResourcesCommand.Create(console),
        ConfigCommand.Create(console),
        CompletionCommand.Create(console),
        EngineCommand.Create(console),
        SuperviseCommand.Create(),
    };
}
