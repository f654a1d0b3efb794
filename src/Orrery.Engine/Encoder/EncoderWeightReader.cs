using Orrery.Engine.Architectures;
using Orrery.Engine.Architectures.Encoders;
using Orrery.Engine.Decoder;
using Orrery.Models;

namespace Orrery.Engine.Encoder;

/// <summary>Takes the weights of an encoder out of a model's files.</summary>
internal sealed class EncoderWeightReader
{
    private readonly TensorTaker _tensors;
    private readonly EncoderConfig _config;
    private readonly EncoderNames _names;

    private EncoderWeightReader(IModelSource source, EncoderConfig config, EncoderNames names)
        => (_tensors, _config, _names) = (new TensorTaker(source, names.IsIdle), config, names);

    /// <exception cref="InvalidModelFileException">A tensor is missing, has another shape or a type without kernels, or there is one without a place.</exception>
    public static EncoderWeights Read(IModelSource source, EncoderConfig config, EncoderNames names)
        => new EncoderWeightReader(source, config, names).Read();

    private EncoderWeights Read()
    {
        var weights = new EncoderWeights
        {
            Tokens = _tensors.Take(_names.Tokens, _config.Vocabulary, _config.Dim),
            Positions = _tensors.Take(_names.Positions, _config.Positions, _config.Dim),
            TokenType = _config.TokenTypes > 0 ? TensorTaker.Row(_tensors.Take(_names.TokenTypes, _config.TokenTypes, _config.Dim), 0) : null,
            EmbeddingNorm = Norm(_names.EmbeddingNorm),
            Layers = [.. Enumerable.Range(0, _config.Layers).Select(Layer)],
        };
        _tensors.RefuseLeftOver(_config.Architecture);
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

    private Projection Linear(string name, int rows, int cols) => new(_tensors.Take(name + ".weight", rows, cols), _tensors.Vector(name + ".bias", rows));

    /// <summary>The first BERT's files call weight and bias of a norm gamma and beta.</summary>
    private NormWeights Norm(string name)
    {
        bool isOld = _tensors.Has(name + ".gamma") && !_tensors.Has(name + ".weight");
        return new NormWeights(_tensors.Vector(name + (isOld ? ".gamma" : ".weight"), _config.Dim), _tensors.Vector(name + (isOld ? ".beta" : ".bias"), _config.Dim));
    }
}
