using System.Text;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;

namespace Orrery.Cli.Chat;

/// <summary>Asks the model and shows the answer as it comes; when the conversation outgrows the context, drops its oldest turns and says so.</summary>
internal sealed class Chatter(ModelClient models, ChatOptions options, TextWriter output)
{
    /// <summary>The conversation with the answer at its end, and the answer's tokens where the server counts them.</summary>
    /// <exception cref="ContextOverflowException">Even the last question alone does not fit.</exception>
    public async Task<(Conversation Conversation, long? Tokens)> AnswerAsync(Conversation conversation, CancellationToken ct)
    {
        int dropped = 0;
        while (true)
        {
            try
            {
                return await OnceAsync(conversation, ct);
            }
            catch (ContextOverflowException) when (conversation.WithoutOldest() is { } shorter)
            {
                conversation = shorter;
                dropped++;
                await output.WriteLineAsync($"(the conversation is longer than the model's context: its oldest question and answer were dropped, {dropped} so far)");
            }
        }
    }

    private async Task<(Conversation, long?)> OnceAsync(Conversation conversation, CancellationToken ct)
    {
        var body = new JsonObject
        {
            ["model"] = options.Model,
            ["messages"] = conversation.Messages(),
            ["max_tokens"] = options.MaxTokens,
            ["temperature"] = options.Temperature,
        };
        if (options.Seed is { } seed)
            body["seed"] = seed;

        var answer = new StringBuilder();
        long? tokens = null;
        await foreach (var piece in models.StreamAsync("v1/chat/completions", body, ct))
        {
            tokens = piece.Tokens ?? tokens;
            answer.Append(piece.Text);
            await output.WriteAsync(piece.Text);
            await output.FlushAsync(ct);
        }
        await output.WriteLineAsync();
        return (conversation.With("assistant", answer.ToString()), tokens);
    }
}
