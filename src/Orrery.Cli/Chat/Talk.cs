using System.Diagnostics;
using System.Text.Json;
using Orrery.Cli.Client;

namespace Orrery.Cli.Chat;

/// <summary>A conversation: reads lines, answers or heeds each, until the input ends. Ctrl-C in an answer ends that answer alone.</summary>
/// <param name="onInterrupt">Has its argument called at Ctrl-C, instead of the process ending, until what it returned is disposed.</param>
internal sealed class Talk(Chatter chatter, TextReader input, TextWriter output, Func<Action, IDisposable> onInterrupt)
{
    private const string Help = """
        /system TEXT  what stands before the conversation; alone: nothing
        /reset        begin anew
        /save FILE    write the messages as JSON
        /quit         or Ctrl-D
        Ctrl-C        ends an answer; where there is none, everything
        """;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public async Task RunAsync(Conversation conversation, CancellationToken ct)
    {
        await output.WriteLineAsync("/help lists what else can be typed; Ctrl-D ends.");
        while (true)
        {
            await output.WriteAsync("> ");
            await output.FlushAsync(ct);
            switch (ChatLine.Parse(await input.ReadLineAsync(ct)))
            {
                case ChatLine.Say say:
                    conversation = await AnswerAsync(conversation, say.Text, ct);
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

    /// <summary>A turn that fails or is stopped is told and leaves the conversation as it was.</summary>
    private async Task<Conversation> AnswerAsync(Conversation conversation, string question, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        // Not disposed: a Ctrl-C may come just as the answer ends.
        var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var interrupt = onInterrupt(stop.Cancel);
        try
        {
            var (answered, tokens) = await chatter.AnswerAsync(conversation.With("user", question), stop.Token);
            if (tokens is { } count)
                await output.WriteLineAsync($"({count} tokens, {count / clock.Elapsed.TotalSeconds:0} tokens/s)");
            return answered;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            await output.WriteLineAsync("\n(stopped; the conversation goes on without this question and answer)");
            return conversation;
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
