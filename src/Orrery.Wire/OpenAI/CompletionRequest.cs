using System.Text.Json;

namespace Orrery.Wire.OpenAI;

/// <summary>POST /v1/completions: a text to continue.</summary>
/// <param name="Model">As sent; may be empty for a server that has only one.</param>
/// <param name="Echo">True: the answer begins with the prompt. Never together with log probabilities, which would have to include the prompt's.</param>
public sealed record CompletionRequest(string Model, CompletionPrompt Prompt, bool Echo, GenerationParameters Parameters)
{
    /// <param name="utf8">The whole body.</param>
    public static ReadOutcome<CompletionRequest> Read(ReadOnlyMemory<byte> utf8) => FieldReader.Read(utf8, fields =>
    {
        Unsupported.RefuseInCompletion(fields);
        var parameters = GenerationParameters.Read(fields, fields.Integer("max_tokens", 1, int.MaxValue), TopLogProbsOf(fields));
        bool echo = fields.Flag("echo");
        if (echo && parameters.TopLogProbs is not null)
            fields.Refuse("echo", "'echo' with 'logprobs' asks for the log probabilities of the prompt, which are not given: leave one of them out.", "unsupported_value");
        return new CompletionRequest(fields.Text("model") ?? "", PromptOf(fields), echo, parameters);
    });

    /// <summary>Here it is a number; false, which means something for chat, is taken as leaving it out.</summary>
    private static int? TopLogProbsOf(FieldReader fields)
        => fields.Any("logprobs") is { ValueKind: JsonValueKind.False } ? null : fields.Integer("logprobs", 0, GenerationParameters.MaxTopLogProbs);

    private static CompletionPrompt PromptOf(FieldReader fields)
    {
        const string Shapes = "'prompt' must be a string, an array with one string, or an array of token ids.";
        var prompt = fields.Any("prompt");
        if (prompt is { ValueKind: JsonValueKind.Array } several && several.GetArrayLength() == 1 && several[0].ValueKind != JsonValueKind.Number)
            prompt = several[0];

        switch (prompt?.ValueKind)
        {
            case JsonValueKind.String:
                return new CompletionPrompt.Text(prompt.Value.GetString()!);
            case JsonValueKind.Array when prompt.Value.GetArrayLength() > 0:
                var ids = new int[prompt.Value.GetArrayLength()];
                for (int i = 0; i < ids.Length; i++)
                {
                    var id = prompt.Value[i];
                    if (id.ValueKind != JsonValueKind.Number || !id.TryGetInt32(out ids[i]))
                        fields.Refuse("prompt", $"{Shapes} Several prompts in one request are not supported: send one request each.");
                }
                return new CompletionPrompt.Tokens(ids);
            default:
                fields.Refuse("prompt", Shapes);
                return new CompletionPrompt.Text("");
        }
    }
}

public abstract record CompletionPrompt
{
    public sealed record Text(string Value) : CompletionPrompt;

    /// <param name="Ids">Any integers; the model's server knows which of them exist.</param>
    public sealed record Tokens(IReadOnlyList<int> Ids) : CompletionPrompt;
}
