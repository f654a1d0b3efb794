using Orrery.Engine;
using Orrery.Wire.OpenAI;

namespace Orrery.Replica.Answers;

/// <summary>What a request used: its prompt once, the tokens of all its choices.</summary>
internal sealed class TokenCount(int promptTokens)
{
    private int _made, _cached;

    public Usage Usage => new(promptTokens, _made) { PromptTokensDetails = new PromptTokensDetails(_cached) };

    public void Add(int choice, TextPiece piece)
    {
        _made += piece.Token is null ? 0 : 1;

        // Choices share their prompt: what the first one found is what the request saved.
        if (choice == 0 && piece.Finish is not null)
            _cached = piece.CachedTokens;
    }
}
