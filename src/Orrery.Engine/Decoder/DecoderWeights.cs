using Orrery.Tensors;

namespace Orrery.Engine.Decoder;

/// <summary>The mapped weights of a range of layers. Shapes are [rows, cols]; every matrix may have its own type. Norms are small and widened to f32.</summary>
internal sealed class DecoderWeights
{
    /// <summary>[vocabulary, dim]. Null in a part without the first layer.</summary>
    public required Matrix? Embedding { get; init; }

    public required LayerWeights[] Layers { get; init; }

    /// <summary>[dim]. Null, as <see cref="Output"/>, in a part without the last layer.</summary>
    public required float[]? OutputNorm { get; init; }

    /// <summary>[vocabulary, dim]; the embedding again where the file has none.</summary>
    public required Projection? Output { get; init; }
}

internal sealed class LayerWeights
{
    public required float[] AttentionNorm { get; init; }                // [dim]
    public required Projection Query { get; init; }                     // [heads * headDim, dim]
    public required Projection Key { get; init; }                       // [kvHeads * headDim, dim]
    public required Projection Value { get; init; }                     // [kvHeads * headDim, dim]
    public required float[]? QueryNorm { get; init; }                   // [headDim] or [heads * headDim]
    public required float[]? KeyNorm { get; init; }                     // [headDim] or [kvHeads * headDim]
    public required float[]? Sinks { get; init; }                       // [heads]
    public required Projection AttentionOutput { get; init; }           // [dim, heads * headDim]
    public required float[]? PostAttentionNorm { get; init; }           // [dim]
    public required float[] FfnNorm { get; init; }                      // [dim]
    public required FfnWeights? Ffn { get; init; }                      // null where experts stand in its place
    public required ExpertWeights? Experts { get; init; }
    public required float[]? PostFfnNorm { get; init; }                 // [dim]
}

/// <param name="Gate">[ffnDim, dim]; with rows of gate and up in turns, [2 * ffnDim, dim], where <paramref name="Up"/> is null.</param>
/// <param name="Up">[ffnDim, dim].</param>
/// <param name="Down">[dim, ffnDim].</param>
internal sealed record FfnWeights(Projection Gate, Projection? Up, Projection Down);

/// <param name="Router">[experts, dim].</param>
/// <param name="Each">[experts].</param>
/// <param name="SharedRouter">[1, dim]; null where <paramref name="Shared"/> is, or where it has no gate.</param>
internal sealed record ExpertWeights(Projection Router, FfnWeights[] Each, FfnWeights? Shared, Projection? SharedRouter);
