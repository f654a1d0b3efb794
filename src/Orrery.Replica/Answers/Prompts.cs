using Orrery.Models.Tokenizers;
using Orrery.Wire.OpenAI;

namespace Orrery.Replica.Answers;

/// <summary>From what clients send for completion to token ids.</summary>
internal static class Prompts
{
    /// <summary>Null: nothing is wrong with it.</summary>
    public static OpenAIError? Problem(CompletionPrompt prompt, Tokenizer tokenizer)
    {
        if (prompt is not CompletionPrompt.Tokens tokens)
            return null;
        foreach (int id in tokens.Ids)
        {
            if (id < 0 || id >= tokenizer.VocabularySize)
                return OpenAIError.Invalid("prompt", $"'prompt' holds the token id {id}; this model's ids go from 0 to {tokenizer.VocabularySize - 1}.");
        }
        return null;
    }

    /// <summary>Token ids are taken as they are: who sends them has already added what the model wants.</summary>
    public static IReadOnlyList<int> Tokens(CompletionPrompt prompt, Tokenizer tokenizer) => prompt switch
    {
        CompletionPrompt.Tokens tokens => tokens.Ids,
        CompletionPrompt.Text text => tokenizer.Encode(text.Value, addSpecial: true),
        _ => throw new ArgumentOutOfRangeException(nameof(prompt)),
    };
}
