using Orrery.Models;

namespace Orrery.Engine.Embeddings;

/// <summary>What turns tokens into embeddings: an encoder or a decoder. Belongs to one thread; owns the model's files.</summary>
internal interface IEmbedder : IDisposable
{
    IModelSource Source { get; }

    int Dim { get; }

    int Vocabulary { get; }

    /// <summary>Longest text.</summary>
    int ContextTokens { get; }

    /// <param name="texts">Checked: neither empty nor too long, and of known tokens.</param>
    /// <param name="unwanted">Asked before every piece of work.</param>
    /// <returns>An embedding for each; null: given up.</returns>
    float[][]? Embed(IReadOnlyList<int[]> texts, Pool pool, Func<bool> unwanted);
}
