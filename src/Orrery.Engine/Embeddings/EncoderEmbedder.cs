using Orrery.Engine.Architectures.Encoders;
using Orrery.Engine.Encoder;
using Orrery.Models;

namespace Orrery.Engine.Embeddings;

/// <summary>An encoder, with as many whole texts in a pass as it has room for.</summary>
internal sealed class EncoderEmbedder : IEmbedder
{
    private readonly EncoderModel _model;
    private readonly EncoderBatch _batch;

    /// <exception cref="ModelTooLargeException">It does not fit into memory; nothing was allocated.</exception>
    public EncoderEmbedder(IModelSource source, EncoderConfig config, EncoderNames names, EngineOptions options)
    {
        Source = source;
        ContextTokens = options.ContextFor(config.ContextTokens);
        Plan(source, config, options).Check(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        _model = new EncoderModel(config, EncoderWeightReader.Read(source, config, names));
        _batch = new EncoderBatch(config, ContextTokens, options.BatchTokens);
    }

    public IModelSource Source { get; }

    public int Dim => _model.Config.Dim;

    public int Vocabulary => _model.Config.Vocabulary;

    public int ContextTokens { get; }

    public static MemoryPlan Plan(IModelSource source, EncoderConfig config, EngineOptions options)
    {
        int rows = options.ContextFor(config.ContextTokens);
        var tensors = source.TensorNames.Select(name => source.Find(name)!).ToList();
        long keysAndValues = 2L * sizeof(float) * rows * config.Dim;
        return new MemoryPlan(
            source.Path, rows, tensors.Sum(tensor => tensor.MappedBytes), tensors.Sum(tensor => tensor.OwnedBytes), keysAndValues,
            EncoderBatch.BytesNeeded(config, rows, options.BatchTokens) - keysAndValues)
        {
            LargestArray = Math.Max((long)rows * config.Dim, Math.Min(rows, options.BatchTokens) * (long)config.FfnDim),
        };
    }

    public float[][]? Embed(IReadOnlyList<int[]> texts, Pool pool, Func<bool> unwanted)
    {
        float[][] embeddings = new float[texts.Count][];
        for (int next = 0; next < texts.Count;)
        {
            int first = next;
            _batch.Clear();
            while (next < texts.Count && _batch.TryAdd(texts[next]))
                next++;
            if (!_model.Forward(_batch, unwanted))
                return null;
            for (int row = 0, text = first; text < next; row += texts[text].Length, text++)
                embeddings[text] = Embedding(pool, row, texts[text].Length);
        }
        return embeddings;
    }

    public void Dispose() => Source.Dispose();

    private float[] Embedding(Pool pool, int firstRow, int length)
    {
        pool.Clear();
        for (int i = 0; i < length; i++)
        {
            if (pool.Wants(i, length))
                pool.Add(_batch.Hidden.AsSpan((firstRow + i) * Dim, Dim));
        }
        return pool.Finish();
    }
}
