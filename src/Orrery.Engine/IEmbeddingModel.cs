using Orrery.Engine.Statistics;
using Orrery.Models.Tokenizers;

namespace Orrery.Engine;

/// <summary>A model that makes of a text one vector, so that like texts have like vectors. What stands in front of it knows only this.</summary>
public interface IEmbeddingModel : IAsyncDisposable
{
    EmbeddingModelCard Card { get; }

    Tokenizer Tokenizer { get; }

    /// <summary>As of now. Any thread may ask, also after the model's end.</summary>
    ModelStatistics Statistics { get; }

    /// <summary>The embedding of one text, see <see cref="EmbedAllAsync"/>.</summary>
    Task<float[]> EmbedAsync(IReadOnlyList<int> tokens, CancellationToken ct);

    /// <summary>
    /// One vector [dim] of length 1 for each text, in their order; the same to the last bit whatever other texts there are.
    /// Requests beyond what runs at once wait in order in a bounded queue, in which all texts of a call are one.
    /// Cancelling ends the work within one step.
    /// </summary>
    /// <param name="texts">Token ids, with what the model wants around a text.</param>
    /// <exception cref="QueueFullException">The queue is at its bound; nothing was started.</exception>
    /// <exception cref="ContextLengthException">A text has more tokens than the context; nothing was started.</exception>
    /// <exception cref="ArgumentException">A text is empty, or an id is none of the vocabulary's.</exception>
    Task<float[][]> EmbedAllAsync(IReadOnlyList<IReadOnlyList<int>> texts, CancellationToken ct);
}

/// <summary>What an embedding model is, for whoever shows or routes to it.</summary>
/// <param name="Name">From the file's metadata, else the file's name.</param>
/// <param name="Architecture">As the file names it: <c>bert</c>.</param>
/// <param name="ContextTokens">Of one text, at most.</param>
/// <param name="Dim">Numbers in an embedding.</param>
public sealed record EmbeddingModelCard(string Name, string Architecture, int ContextTokens, int Dim, Pooling Pooling);

/// <summary>How the hidden states of a text's tokens become one vector, which is then divided by its Euclidean norm.</summary>
public enum Pooling
{
    /// <summary>The mean of all tokens.</summary>
    Mean,

    /// <summary>The last token alone: in a decoder, the only one that has seen the whole text.</summary>
    Last,

    /// <summary>The first token alone, which BERT's family keeps for this: <c>[CLS]</c>.</summary>
    Cls,
}
