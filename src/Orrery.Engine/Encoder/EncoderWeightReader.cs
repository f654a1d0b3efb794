using Orrery.Engine.Architectures.Encoders;
using Orrery.Engine.Decoder;
using Orrery.Models;
using Orrery.Tensors;

namespace Orrery.Engine.Encoder;

/// <summary>Takes the weights of an encoder out of a model's files.</summary>
internal sealed class EncoderWeightReader
{
    private readonly IModelSource _source;
    private readonly EncoderConfig _config;
    private readonly EncoderNames _names;
    private readonly HashSet<string> _unused;

    private EncoderWeightReader(IModelSource source, EncoderConfig config, EncoderNames names)
    {
        (_source, _config, _names) = (source, config, names);
        _unused = source.TensorNames.Where(name => !names.IsIdle(name)).ToHashSet(StringComparer.Ordinal);
    }

    /// <exception cref="InvalidModelFileException">
    /// A tensor is missing, has another shape or a type without kernels, or there is one that this architecture has no place for:
    /// leaving it out would give wrong numbers without a sign of it.
    /// </exception>
    public static EncoderWeights Read(IModelSource source, EncoderConfig config, EncoderNames names)
        => new EncoderWeightReader(source, config, names).Read();

    private EncoderWeights Read()
    {
        var weights = new EncoderWeights
        {
            Tokens = Take(_names.Tokens, _config.Vocabulary, _config.Dim),
            Positions = Take(_names.Positions, _config.Positions, _config.Dim),
            TokenType = _config.TokenTypes > 0 ? FirstRow(Take(_names.TokenTypes, _config.TokenTypes, _config.Dim)) : null,
            EmbeddingNorm = Norm(_names.EmbeddingNorm),
            Layers = [.. Enumerable.Range(0, _config.Layers).Select(Layer)],
        };
        if (_unused.Count > 0)
            throw _source.Invalid(_unused.Order(StringComparer.Ordinal).First(), $"has no place in the {_config.Architecture} architecture as it is implemented", "Use another model.");
        return weights;
    }

    private EncoderLayerWeights Layer(int index)
    {
        string prefix = _names.Layer(index);
        int dim = _config.Dim;
        return new EncoderLayerWeights
        {
            Query = Linear(prefix + _names.Query, dim, dim),
            Key = Linear(prefix + _names.Key, dim, dim),
            Value = Linear(prefix + _names.Value, dim, dim),
            AttentionOutput = Linear(prefix + _names.AttentionOutput, dim, dim),
            AttentionNorm = Norm(prefix + _names.AttentionNorm),
            Up = Linear(prefix + _names.Up, _config.FfnDim, dim),
            Down = Linear(prefix + _names.Down, dim, _config.FfnDim),
            FfnNorm = Norm(prefix + _names.FfnNorm),
        };
    }

    private Projection Linear(string name, int rows, int cols) => new(Take(name + ".weight", rows, cols), FirstRow(Take(name + ".bias", rows)));

    /// <summary>The first BERT's files call weight and bias of a norm gamma and beta.</summary>
    private NormWeights Norm(string name)
    {
        bool isOld = _source.Has(name + ".gamma") && !_source.Has(name + ".weight");
        return new NormWeights(FirstRow(Take(name + (isOld ? ".gamma" : ".weight"), _config.Dim)), FirstRow(Take(name + (isOld ? ".beta" : ".bias"), _config.Dim)));
    }

    private Matrix Take(string name, params ReadOnlySpan<int> shape)
    {
        _unused.Remove(name);
        return _source.Matrix(name, shape);
    }

    private static float[] FirstRow(Matrix matrix)
    {
        float[] values = new float[matrix.Cols];
        matrix.CopyRow(0, values);
        return values;
    }
}
