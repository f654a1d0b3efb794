using System.Text.Json.Serialization;

namespace Orrery.Wire.OpenAI;

/// <summary>Log probabilities of a chat answer.</summary>
/// <param name="Content">One for each token, in order.</param>
public sealed record ChatLogProbs(IReadOnlyList<ChatTokenLogProb> Content);

/// <param name="Token">The token as text.</param>
/// <param name="LogProb">Natural logarithm.</param>
/// <param name="Bytes">0 to 255 each: a token may be part of a character. Null for a control token.</param>
/// <param name="TopLogProbs">The most likely tokens at this position, most likely first.</param>
public sealed record ChatTokenLogProb(
    string Token,
    [property: JsonPropertyName("logprob")] float LogProb,
    IReadOnlyList<int>? Bytes,
    [property: JsonPropertyName("top_logprobs")] IReadOnlyList<ChatTopLogProb> TopLogProbs);

/// <inheritdoc cref="ChatTokenLogProb"/>
public sealed record ChatTopLogProb(string Token, [property: JsonPropertyName("logprob")] float LogProb, IReadOnlyList<int>? Bytes);

/// <summary>Log probabilities of a completion: lists of one element for each token, in order.</summary>
/// <param name="Tokens">The tokens as text.</param>
/// <param name="TokenLogProbs">Natural logarithms.</param>
/// <param name="TopLogProbs">By token: the most likely ones at each position, and the chosen one. Null where none were asked for.</param>
/// <param name="TextOffset">Where in the choice's text the token begins, in Unicode characters (code points).</param>
public sealed record CompletionLogProbs(
    IReadOnlyList<string> Tokens,
    [property: JsonPropertyName("token_logprobs")] IReadOnlyList<float> TokenLogProbs,
    [property: JsonPropertyName("top_logprobs")] IReadOnlyList<IReadOnlyDictionary<string, float>>? TopLogProbs,
    IReadOnlyList<int> TextOffset);
