using Orrery.Engine.Constraints;
using Orrery.Engine.Decoder.Cache;
using Orrery.Engine.Statistics;
using Orrery.Models.Tokenizers;

namespace Orrery.Engine;

/// <summary>
/// A model that continues text: whole on this machine (<see cref="Orrery.Engine"/>), or split over several (a later project).
/// What stands in front of it (HTTP, templates, streams) knows only this.
/// </summary>
public interface ITextModel : IAsyncDisposable
{
    TextModelCard Card { get; }

    Tokenizer Tokenizer { get; }

    /// <summary>As of now; <see cref="ModelStatistics.Generation"/> is there. Any thread may ask, also after the model's end.</summary>
    ModelStatistics Statistics { get; }

    /// <summary>The starts of prompts that need not be computed again. Null: none are kept.</summary>
    BlockFeed? Blocks { get; }

    /// <summary>
    /// Continues the prompt. Yields one piece per step and a last one with a <see cref="FinishReason"/>.
    /// Requests beyond what runs at once wait in order in a bounded queue.
    /// Cancelling frees the sequence within one step.
    /// </summary>
    /// <exception cref="QueueFullException">The queue is at its bound; nothing was started.</exception>
    /// <exception cref="ContextLengthException">The prompt does not leave room for one token.</exception>
    IAsyncEnumerable<TextPiece> GenerateAsync(TextRequest request, CancellationToken ct);
}

/// <summary>What a model is, for whoever shows or routes to it.</summary>
/// <param name="Name">From the file's metadata, else the file's name.</param>
/// <param name="Architecture">As the file names it: <c>llama</c>.</param>
/// <param name="ContextTokens">Prompt and continuation together, at most.</param>
/// <param name="ChatTemplate">Jinja source, or null when the file has none.</param>
public sealed record TextModelCard(string Name, string Architecture, int ContextTokens, string? ChatTemplate)
{
    /// <summary>Names that a <see cref="TextRequest.Adapter"/> may be.</summary>
    public IReadOnlyList<string> Adapters { get; init; } = [];
}

/// <summary>One request to continue a prompt.</summary>
public sealed record TextRequest
{
    /// <summary>Most of the likely tokens that can be listed for each position.</summary>
    public const int MaxTopLogProbs = 20;

    /// <summary>Token ids, beginning-of-sequence included where the model wants it.</summary>
    public required IReadOnlyList<int> Prompt { get; init; }

    /// <summary>Null: up to the end of the context.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>The text ends before the first of these; they are not part of it, also when they cross token borders.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>
    /// Null, the default: no log probabilities. Else every piece with a token has the token's own, and a list of this many of the most likely tokens,
    /// 0 to <see cref="MaxTopLogProbs"/>. They are the log softmax of what the model said, before <see cref="Sampling"/> changed it.
    /// </summary>
    public int? TopLogProbs { get; init; }

    /// <summary>One of <see cref="TextModelCard.Adapters"/>, for the whole sequence. Null: the base as it is.</summary>
    public string? Adapter { get; init; }

    /// <summary>What the text must be: each token is one with which it can still become so within <see cref="MaxTokens"/>. Null: anything.</summary>
    public CompiledConstraint? Constraint { get; init; }

    public IEnumerable<string> Problems()
    {
        if (Prompt.Count == 0)
            yield return "prompt: must have at least one token";
        if (MaxTokens < 0)
            yield return $"maxTokens: {MaxTokens} must be 0 or more";
        if (Stop.Any(string.IsNullOrEmpty))
            yield return "stop: must not hold an empty string";
        if (TopLogProbs is < 0 or > MaxTopLogProbs)
            yield return $"topLogProbs: {TopLogProbs} must be between 0 and {MaxTopLogProbs}";
        foreach (string problem in Sampling.Problems())
            yield return problem;
    }
}

/// <summary>What one step added.</summary>
/// <param name="Token">The sampled id; null on a piece that only releases held-back text or ends the stream.</param>
/// <param name="Text">Whole UTF-8 characters that are certain by now; may be empty.</param>
/// <param name="Finish">Set on the last piece only.</param>
public sealed record TextPiece(int? Token, string Text, FinishReason? Finish = null)
{
    /// <summary>Of the token: natural logarithm. Null where <see cref="TextRequest.TopLogProbs"/> did not ask for it.</summary>
    public float? LogProb { get; init; }

    /// <summary>The most likely tokens at this position, most likely first, whether or not one of them was chosen. Null where <see cref="LogProb"/> is.</summary>
    public IReadOnlyList<TokenLogProb>? Top { get; init; }

    /// <summary>On the last piece: tokens of the prompt that were in the cache and so not computed.</summary>
    public int CachedTokens { get; init; }
}

/// <param name="LogProb">Natural logarithm of the probability; -inf for a token that cannot come.</param>
public readonly record struct TokenLogProb(int Token, float LogProb);

public enum FinishReason
{
    /// <summary>An end-of-text token or a stop string.</summary>
    Stop,

    /// <summary>MaxTokens or the context's end.</summary>
    Length,
}

/// <summary>As many requests wait as may.</summary>
public sealed class QueueFullException(int bound) : Exception($"The queue holds {bound} requests, its bound. Retry later.")
{
    public int Bound { get; } = bound;
}

/// <summary>A prompt that the context has no room for.</summary>
public sealed class ContextLengthException(int promptTokens, int contextTokens)
    : Exception($"This model's context is {contextTokens} tokens; the prompt has {promptTokens}. Shorten the prompt.")
{
    public int PromptTokens { get; } = promptTokens;
    public int ContextTokens { get; } = contextTokens;
}
