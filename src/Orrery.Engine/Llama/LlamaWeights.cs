using Orrery.Models;
using Orrery.Models.Gguf;
using Orrery.Tensors;

namespace Orrery.Engine.Llama;

/// <summary>The mapped weights. Shapes are [rows, cols]; every matrix may have its own type. Norms are small and widened to f32.</summary>
internal sealed class LlamaWeights
{
    public required Matrix Embedding { get; init; }                     // [vocabulary, dim]
    public required Layer[] Layers { get; init; }
    public required float[] OutputNorm { get; init; }                   // [dim]
    public required Matrix Output { get; init; }                        // [vocabulary, dim]; the embedding again where the file has none

    internal sealed class Layer
    {
        public required float[] AttentionNorm { get; init; }            // [dim]
        public required Matrix Query { get; init; }                     // [heads * headDim, dim]
        public required Matrix Key { get; init; }                       // [kvHeads * headDim, dim]
        public required Matrix Value { get; init; }                     // [kvHeads * headDim, dim]
        public required Matrix AttentionOutput { get; init; }           // [dim, heads * headDim]
        public required float[] FfnNorm { get; init; }                  // [dim]
        public required Matrix Gate { get; init; }                      // [ffnDim, dim]
        public required Matrix Up { get; init; }                        // [ffnDim, dim]
        public required Matrix Down { get; init; }                      // [dim, ffnDim]
    }

    /// <exception cref="InvalidModelFileException">
    /// A tensor is missing, has another shape or a type without kernels, or there is one that this architecture has no place for:
    /// leaving it out would give wrong text without a sign of it.
    /// </exception>
    public static LlamaWeights Read(IModelSource source, LlamaConfig config)
    {
        var names = source is GgufFile ? GgufLlama.Names : HuggingFaceLlama.Names;
        var unused = source.TensorNames.Where(name => !names.IsIdle(name)).ToHashSet(StringComparer.Ordinal);

        Matrix Take(string name, params ReadOnlySpan<int> shape)
        {
            unused.Remove(name);
            return source.Matrix(name, shape);
        }

        float[] Norm(string name)
        {
            float[] norm = new float[config.Dim];
            Take(name, config.Dim).CopyRow(0, norm);
            return norm;
        }

        var embedding = Take(names.Embedding, config.Vocabulary, config.Dim);
        bool hasOutput = unused.Contains(names.Output);
        if (config.TiedOutput)
            unused.Remove(names.Output);
        var weights = new LlamaWeights
        {
            Embedding = embedding,
            OutputNorm = Norm(names.OutputNorm),
            Output = hasOutput && !config.TiedOutput ? Take(names.Output, config.Vocabulary, config.Dim) : embedding,
            Layers = [.. Enumerable.Range(0, config.Layers).Select(names.Layer).Select(prefix => new Layer
            {
                AttentionNorm = Norm(prefix + names.AttentionNorm),
                Query = Take(prefix + names.Query, config.QueryDim, config.Dim),
                Key = Take(prefix + names.Key, config.KvDim, config.Dim),
                Value = Take(prefix + names.Value, config.KvDim, config.Dim),
                AttentionOutput = Take(prefix + names.AttentionOutput, config.Dim, config.QueryDim),
                FfnNorm = Norm(prefix + names.FfnNorm),
                Gate = Take(prefix + names.Gate, config.FfnDim, config.Dim),
                Up = Take(prefix + names.Up, config.FfnDim, config.Dim),
                Down = Take(prefix + names.Down, config.Dim, config.FfnDim),
            })],
        };
        if (unused.Count > 0)
            throw source.Invalid(unused.Order(StringComparer.Ordinal).First(), "has no place in the llama architecture as it is implemented", "Use another model.");
        return weights;
    }
}
