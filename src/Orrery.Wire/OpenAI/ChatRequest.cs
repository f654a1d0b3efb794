using Orrery.Wire.OpenAI.Tools;

namespace Orrery.Wire.OpenAI;

/// <summary>POST /v1/chat/completions: a conversation to answer.</summary>
/// <param name="Model">As sent; may be empty for a server that has only one.</param>
/// <param name="Messages">At least one.</param>
/// <param name="Tools">Null: none.</param>
public sealed record ChatRequest(string Model, IReadOnlyList<ChatMessage> Messages, ToolRequest? Tools, GenerationParameters Parameters)
{
    /// <param name="utf8">The whole body.</param>
    public static ReadOutcome<ChatRequest> Read(ReadOnlyMemory<byte> utf8) => FieldReader.Read(utf8, fields =>
    {
        Unsupported.RefuseInChat(fields);
        if (fields.Flag("echo"))
            fields.Refuse("echo", "'echo' repeats the prompt of a completion; a conversation is not repeated: leave it out.", "unsupported_value");
        int? maxTokens = fields.Integer("max_completion_tokens", 1, int.MaxValue) ?? fields.Integer("max_tokens", 1, int.MaxValue);
        return new ChatRequest(
            fields.Text("model") ?? "", ChatMessage.ReadAll(fields), ToolRequest.Read(fields), GenerationParameters.Read(fields, maxTokens, TopLogProbsOf(fields)));
    });

    private static int? TopLogProbsOf(FieldReader fields)
    {
        bool wanted = fields.Flag("logprobs");
        int top = fields.Integer("top_logprobs", 0, GenerationParameters.MaxTopLogProbs) ?? 0;
        if (top > 0 && !wanted)
            fields.Refuse("top_logprobs", $"'top_logprobs' is {top}, which has a meaning only with 'logprobs' true.");
        return wanted ? top : null;
    }
}
