using Orrery.Engine.Decoder;
using Orrery.Tensors;

namespace Orrery.Engine.Encoder;

/// <summary>The mapped weights of an encoder. Shapes are [rows, cols]; every matrix may have its own type. Norms are small and widened to f32.</summary>
internal sealed class EncoderWeights
{
    public required Matrix Tokens { get; init; }                        // [vocabulary, dim]
    public required Matrix Positions { get; init; }                     // [positions, dim]
    public required float[]? TokenType { get; init; }                   // [dim]: of the first type
    public required NormWeights EmbeddingNorm { get; init; }
    public required EncoderLayerWeights[] Layers { get; init; }
}

internal sealed class EncoderLayerWeights
{
    public required Projection Query { get; init; }                     // [dim, dim]
    public required Projection Key { get; init; }                       // [dim, dim]
    public required Projection Value { get; init; }                     // [dim, dim]
    public required Projection AttentionOutput { get; init; }           // [dim, dim]
    public required NormWeights AttentionNorm { get; init; }
    public required Projection Up { get; init; }                        // [ffnDim, dim]
    public required Projection Down { get; init; }                      // [dim, ffnDim]
    public required NormWeights FfnNorm { get; init; }
}

/// <param name="Weight">[dim].</param>
/// <param name="Bias">[dim].</param>
internal sealed record NormWeights(float[] Weight, float[] Bias);
