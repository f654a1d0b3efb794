using System.CommandLine;
using System.Runtime.InteropServices;
using Orrery.Cli.Chat;
using Orrery.Cli.Client;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery chat MODEL ["PROMPT"]</c>: one answer, or without a prompt a conversation.</summary>
internal static class ChatCommand
{
    public const string Name = "chat";

    public static Command Create(IAnsiConsole console, TextReader input)
    {
        var model = new Argument<string>("MODEL") { Description = "Name as `orrery models` lists it." };
        var prompt = new Argument<string?>("PROMPT") { Description = "A question. Without one: a conversation.", Arity = ArgumentArity.ZeroOrOne };
        var system = new Option<string?>("--system") { Description = "What stands before the conversation." };
        var maxTokens = CommonOptions.MaxTokens("Tokens of each answer at most.");
        var temperature = CommonOptions.Temperature();
        var seed = CommonOptions.Seed();
        var command = new Command(Name, "Talk with a model.") { model, prompt, system, maxTokens, temperature, seed };
        command.SetAction(async (parsed, ct) =>
        {
            using var home = CommonOptions.Connect(parsed);
            var options = new ChatOptions(parsed.GetValue(model)!, parsed.GetValue(maxTokens)!.Value, parsed.GetValue(temperature)!.Value, parsed.GetValue(seed));
            var output = console.Profile.Out.Writer;
            var chatter = new Chatter(new ModelClient(home.Gateway), options, output);
            var start = Conversation.Empty with { System = parsed.GetValue(system) };
            if (parsed.GetValue(prompt) is { } question)
                await chatter.AnswerAsync(start.With("user", question), ct);
            else
                await new Talk(chatter, input, output, OnInterrupt).RunAsync(start, ct);
            return 0;
        });
        return command;
    }

    private static PosixSignalRegistration OnInterrupt(Action stop) => PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
    {
        signal.Cancel = true;
        stop();
    });
}
