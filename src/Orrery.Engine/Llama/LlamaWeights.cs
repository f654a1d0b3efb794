using Orrery.Models.Gguf;
using Orrery.Tensors;

namespace Orrery.Engine.Llama;

/// <summary>The mapped weights. Shapes are [rows, cols]; every matrix may have its own type, norms are F32.</summary>
internal sealed class LlamaWeights
{
    public required Matrix Embedding { get; init; }                     // [vocabulary, dim]
    public required Layer[] Layers { get; init; }
    public required Matrix OutputNorm { get; init; }                    // [1, dim]
    public required Matrix Output { get; init; }                        // [vocabulary, dim]; the embedding again where the file has none

    internal sealed class Layer
    {
        public required Matrix AttentionNorm { get; init; }             // [1, dim]
        public required Matrix Query { get; init; }                     // [heads * headDim, dim]
        public required Matrix Key { get; init; }                       // [kvHeads * headDim, dim]
        public required Matrix Value { get; init; }                     // [kvHeads * headDim, dim]
        public required Matrix AttentionOutput { get; init; }           // [dim, heads * headDim]
        public required Matrix FfnNorm { get; init; }                   // [1, dim]
        public required Matrix Gate { get; init; }                      // [ffnDim, dim]
        public required Matrix Up { get; init; }                        // [ffnDim, dim]
        public required Matrix Down { get; init; }                      // [dim, ffnDim]
    }

    /// <exception cref="Orrery.Models.InvalidModelFileException">
    /// A tensor is missing, has another shape or a type without kernels, or there is one that this architecture has no place for:
    /// leaving it out would give wrong text without a sign of it.
    /// </exception>
    public static LlamaWeights Read(GgufFile file, LlamaConfig config)
    {
        var unused = file.Header.Tensors.Keys.ToHashSet(StringComparer.Ordinal);

        Matrix Take(string name, int rows, int cols)
        {
            unused.Remove(name);
            return file.Matrix(name, rows, cols);
        }

        Matrix Norm(string name)
        {
            var norm = Take(name, 1, config.Dim);
            return norm.DType == DType.F32 ? norm : throw file.Invalid(name, $"has type {norm.DType}; norms must be F32", "Convert the model again.");
        }

        var embedding = Take("token_embd.weight", config.Vocabulary, config.Dim);
        var weights = new LlamaWeights
        {
            Embedding = embedding,
            OutputNorm = Norm("output_norm.weight"),
            Output = unused.Contains("output.weight") ? Take("output.weight", config.Vocabulary, config.Dim) : embedding,
            Layers = [.. Enumerable.Range(0, config.Layers).Select(layer => $"blk.{layer}.").Select(prefix => new Layer
            {
                AttentionNorm = Norm(prefix + "attn_norm.weight"),
                Query = Take(prefix + "attn_q.weight", config.QueryDim, config.Dim),
                Key = Take(prefix + "attn_k.weight", config.KvDim, config.Dim),
                Value = Take(prefix + "attn_v.weight", config.KvDim, config.Dim),
                AttentionOutput = Take(prefix + "attn_output.weight", config.Dim, config.QueryDim),
                FfnNorm = Norm(prefix + "ffn_norm.weight"),
                Gate = Take(prefix + "ffn_gate.weight", config.FfnDim, config.Dim),
                Up = Take(prefix + "ffn_up.weight", config.FfnDim, config.Dim),
                Down = Take(prefix + "ffn_down.weight", config.Dim, config.FfnDim),
            })],
        };
        if (unused.Count > 0)
            throw file.Invalid(unused.Order(StringComparer.Ordinal).First(), "has no place in the llama architecture as it is implemented", "Use another model.");
        return weights;
    }
}
