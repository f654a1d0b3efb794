using System.Text;
using System.Text.Unicode;
using Orrery.Engine;
using Orrery.Models.Tokenizers;
using Orrery.Wire.OpenAI;

namespace Orrery.Replica.Answers;

/// <summary>Tokens one by one, as log probabilities show them.</summary>
internal sealed class TokenTexts(Tokenizer tokenizer)
{
    /// <summary>In place of what JSON has no number for; vLLM has the same.</summary>
    private const float Never = -9999;

    /// <summary>The text, or its bytes as <c>\xf0\x9f</c> where they are no whole characters. A control token goes by its name.</summary>
    public string TextOf(int token)
    {
        var bytes = tokenizer.BytesOf(token);
        if (bytes.IsEmpty)
            return tokenizer.NameOf(token);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : string.Concat(bytes.ToArray().Select(b => $"\\x{b:x2}"));
    }

    public ChatTokenLogProb ForChat(TextPiece piece) => new(
        TextOf(piece.Token!.Value),
        Number(piece.LogProb!.Value),
        BytesOf(piece.Token.Value),
        [.. piece.Top!.Select(one => new ChatTopLogProb(TextOf(one.Token), Number(one.LogProb), BytesOf(one.Token)))]);

    /// <param name="offsets">One for each piece.</param>
    /// <param name="withTop">The request asked for the most likely tokens too.</param>
    public CompletionLogProbs ForCompletion(IReadOnlyList<TextPiece> pieces, IReadOnlyList<int> offsets, bool withTop) => new(
        [.. pieces.Select(piece => CompletionTextOf(piece.Token!.Value))],
        [.. pieces.Select(piece => Number(piece.LogProb!.Value))],
        withTop ? [.. pieces.Select(TopWithChosen)] : null,
        offsets);

    /// <summary>Of tokens with the same text, the most likely.</summary>
    private Dictionary<string, float> TopWithChosen(TextPiece piece)
    {
        var top = new Dictionary<string, float>();
        foreach (var one in piece.Top!.Append(new TokenLogProb(piece.Token!.Value, piece.LogProb!.Value)))
            top.TryAdd(CompletionTextOf(one.Token), Number(one.LogProb));
        return top;
    }

    /// <summary>As OpenAI's completions have it, the bytes of what is no text are marked: there is no other field for them.</summary>
    private string CompletionTextOf(int token) => Utf8.IsValid(tokenizer.BytesOf(token)) ? TextOf(token) : "bytes:" + TextOf(token);

    private int[]? BytesOf(int token) => tokenizer.BytesOf(token) is { IsEmpty: false } bytes ? [.. bytes.ToArray()] : null;

    private static float Number(float logProb) => logProb >= Never ? logProb : Never;
}
