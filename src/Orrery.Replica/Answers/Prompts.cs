using Orrery.Models.Tokenizers;
using Orrery.Wire.OpenAI;

namespace Orrery.Replica.Answers;

/// <summary>From what clients send for completion to token ids.</summary>
internal static class Prompts
{
    /// <summary>Null: nothing is wrong with it.</summary>
    public static OpenAIError? Problem(CompletionPrompt prompt, Tokenizer tokenizer)
        => prompt is CompletionPrompt.Tokens tokens ? UnknownId(tokens.Ids, "prompt", tokenizer) : null;

    /// <param name="field">Of the request, for the message.</param>
    /// <returns>Null: the model knows every id.</returns>
    public static OpenAIError? UnknownId(IEnumerable<int> ids, string field, Tokenizer tokenizer)
    {
        foreach (int id in ids)
        {
            if (id < 0 || id >= tokenizer.VocabularySize)
                return OpenAIError.Invalid(field, $"'{field}' holds the token id {id}; this model's ids go from 0 to {tokenizer.VocabularySize - 1}.");
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

    /// <summary>As it was sent, or what its tokens stand for.</summary>
    public static string TextOf(CompletionPrompt prompt, Tokenizer tokenizer) => prompt switch
    {
        CompletionPrompt.Tokens tokens => tokenizer.Decode(tokens.Ids),
        CompletionPrompt.Text text => text.Value,
        _ => throw new ArgumentOutOfRangeException(nameof(prompt)),
    };
}
