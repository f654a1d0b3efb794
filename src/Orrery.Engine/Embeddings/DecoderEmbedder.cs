using Orrery.Engine.Decoder.Cache;
using Orrery.Models;

namespace Orrery.Engine.Embeddings;

/// <summary>A decoder whose last hidden states, normalised, are pooled. No logits are computed.</summary>
internal sealed class DecoderEmbedder(ModelPart model) : IEmbedder
{
    private readonly float[] _hidden = new float[model.Dim];

    public IModelSource Source => model.Source;

    public int Dim => model.Dim;

    public int Vocabulary => model.Vocabulary;

    public int ContextTokens => model.ContextTokens;

    public float[][]? Embed(IReadOnlyList<int[]> texts, Pool pool, Func<bool> unwanted)
    {
        float[][] embeddings = new float[texts.Count][];
        for (int i = 0; i < texts.Count; i++)
        {
            if (Embedding(texts[i], pool, unwanted) is not { } embedding)
                return null;
            embeddings[i] = embedding;
        }
        return embeddings;
    }

    public void Dispose() => model.Dispose();

    private float[]? Embedding(int[] text, Pool pool, Func<bool> unwanted)
    {
        pool.Clear();
        using var sequence = new KvSequence(model.Pool);
        var batch = model.Batch;
        for (int at = 0; at < text.Length; at += batch.Rows)
        {
            if (unwanted())
                return null;
            batch.Clear();
            int rows = Math.Min(batch.MaxRows, text.Length - at);
            for (int row = 0; row < rows; row++)
            {
                if (!batch.TryAdd(sequence, text[at + row], wantLogits: false))
                    throw new InvalidOperationException("The cache was allocated for a whole context, and one text does not fit it.");
            }
            model.Model.Forward(batch);
            for (int row = 0; row < rows; row++)
            {
                if (!pool.Wants(at + row, text.Length))
                    continue;
                model.Model.FinalHidden(batch, row, _hidden);
                pool.Add(_hidden);
            }
        }
        return pool.Finish();
    }
}
