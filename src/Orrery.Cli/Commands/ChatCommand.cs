using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Orrery.Cli.Chat;
using Orrery.Cli.Client;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery chat MODEL ["PROMPT"]</c>: one answer, or without a prompt a conversation.</summary>
internal static class ChatCommand
{
    private const string Help = """
        /system TEXT  what stands before the conversation; alone: nothing
        /reset        begin anew
        /save FILE    write the messages as JSON
        /quit         or Ctrl-D
        """;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create(IAnsiConsole console, TextReader input)
    {
        var model = new Argument<string>("MODEL") { Description = "Name as `orrery models` lists it." };
        var prompt = new Argument<string?>("PROMPT") { Description = "A question. Without one: a conversation.", Arity = ArgumentArity.ZeroOrOne };
        var system = new Option<string?>("--system") { Description = "What stands before the conversation." };
        var maxTokens = CommonOptions.MaxTokens("Tokens of each answer at most.");
        var temperature = CommonOptions.Temperature();
        var seed = CommonOptions.Seed();
        var command = new Command("chat", "Talk with a model.") { model, prompt, system, maxTokens, temperature, seed };
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
                await TalkAsync(chatter, start, console, input, ct);
            return 0;
        });
        return command;
    }

    private static async Task TalkAsync(Chatter chatter, Conversation conversation, IAnsiConsole console, TextReader input, CancellationToken ct)
    {
        var output = console.Profile.Out.Writer;
        await output.WriteLineAsync("/help lists what else can be typed; Ctrl-D ends.");
        while (true)
        {
            await output.WriteAsync("> ");
            await output.FlushAsync(ct);
            switch (ChatLine.Parse(await input.ReadLineAsync(ct)))
            {
                case ChatLine.Say say:
                    conversation = await AnswerAsync(chatter, conversation, say.Text, output, ct);
                    break;
                case ChatLine.System told:
                    conversation = conversation with { System = told.Text.Length == 0 ? null : told.Text };
                    break;
                case ChatLine.Reset:
                    conversation = Conversation.Empty with { System = conversation.System };
                    await output.WriteLineAsync("(a new conversation)");
                    break;
                case ChatLine.Save save:
                    await output.WriteLineAsync(await SavedAsync(conversation, save.Path, ct));
                    break;
                case ChatLine.Help:
                    await output.WriteLineAsync(Help);
                    break;
                case ChatLine.Unknown unknown:
                    await output.WriteLineAsync($"({unknown.Word}; /help lists what there is)");
                    break;
                case ChatLine.Quit:
                    await output.WriteLineAsync();
                    return;
            }
        }
    }

    /// <summary>A turn that fails is told and leaves the conversation as it was.</summary>
    private static async Task<Conversation> AnswerAsync(Chatter chatter, Conversation conversation, string question, TextWriter output, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            var (answered, tokens) = await chatter.AnswerAsync(conversation.With("user", question), ct);
            if (tokens is { } count)
                await output.WriteLineAsync($"({count} tokens, {count / clock.Elapsed.TotalSeconds:0} tokens/s)");
            return answered;
        }
        catch (CliException e)
        {
            await output.WriteLineAsync($"({e.Message})");
            return conversation;
        }
    }

    private static async Task<string> SavedAsync(Conversation conversation, string path, CancellationToken ct)
    {
        try
        {
            await File.WriteAllTextAsync(path, conversation.Messages().ToJsonString(Indented) + "\n", ct);
            return $"({conversation.Turns.Length} messages written to {path})";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"({path} cannot be written: {e.Message})";
        }
    }
}
