using System.Collections.Immutable;
using Orrery.Engine.Decoder.Positions;
using Orrery.Models;
using Orrery.Models.Gguf;

namespace Orrery.Engine.Architectures;

/// <summary>The metadata of a GGUF file, or of one that is about to be written.</summary>
internal sealed class GgufModelHeader : ModelHeader
{
    private const string ArchitectureKey = "general.architecture", DivisorsTensor = "rope_freqs.weight", LongTensor = "rope_factors_long.weight", ShortTensor = "rope_factors_short.weight";

    private readonly GgufMetadata _metadata;
    private readonly Func<string, float[]?> _vector;
    private readonly Func<int> _vocabulary;

    public GgufModelHeader(GgufFile file)
        : this(file.Metadata, name => VectorOf(file, name), () => VocabularyOf(file))
    {
    }

    /// <param name="vector">A small tensor by name; null where there is none.</param>
    public GgufModelHeader(GgufMetadata metadata, Func<string, float[]?> vector, Func<int> vocabulary)
    {
        (_metadata, _vector, _vocabulary) = (metadata, vector, vocabulary);
        Architecture = metadata.Text(ArchitectureKey) ?? throw metadata.Missing(ArchitectureKey);
    }

    public override string Architecture { get; }

    public override TensorNames Names => TensorNames.Gguf;

    public override bool IsGguf => true;

    public override int Vocabulary => _vocabulary();

    public override long? Find(Key key, long least, long most) => NameOf(key) is { } name ? _metadata.WholeNumber(name, least, most) : null;

    public override float? Number(Key key) => NameOf(key) is { } name ? _metadata.Number(name) : null;

    public override string? Text(Key key) => NameOf(key) is { } name ? _metadata.Text(name) : null;

    public override bool? Truth(Key key) => NameOf(key) is { } name ? _metadata.Truth(name) : null;

    public override ImmutableArray<string>? Texts(Key key) => null;

    public override ImmutableArray<long>? WholeNumbers(Key key) => null;

    public override RopeConfig Rope(int headDim, string? layers = null)
    {
        int dims = Whole(Key.RopeDims, 1 << 12, headDim);
        if (dims > headDim || dims % 2 != 0)
            throw Invalid(Key.RopeDims, $"is {dims}; it must be even and at most the head size {headDim}");
        float frequencyBase = Number(Key.RopeBase) ?? 10_000;
        if (frequencyBase <= 0)
            throw Invalid(Key.RopeBase, $"is {frequencyBase}; it must be above 0");
        return new RopeConfig(dims, frequencyBase, Scaling(dims));
    }

    public override InvalidModelFileException UnknownArchitecture(string works)
        => _metadata.Invalid(ArchitectureKey, $"is '{Architecture}', which is not implemented", $"Architectures that work: {works}.");

    public override InvalidModelFileException Invalid(Key key, string problem, string? nextStep = null)
        => _metadata.Invalid(NameOf(key) ?? ArchitectureKey, problem, nextStep ?? "Convert the model again.");

    private RopeScaling? Scaling(int dims)
    {
        if (_vector(DivisorsTensor) is { } divisors)
            return new RopeScaling.Divided(Checked(DivisorsTensor, divisors, dims / 2));

        Key type = new("rope.scaling.type"), factor = new("rope.scaling.factor"), original = new("rope.scaling.original_context_length"), magnitude = new("rope.scaling.attn_factor");
        if (_vector(LongTensor) is { } beyond)
        {
            float[] within = _vector(ShortTensor) ?? throw new InvalidModelFileException(_metadata.File, "tensor " + ShortTensor, "is missing", "Convert the model again.");
            int tokens = Whole(original, int.MaxValue, Whole(Key.ContextTokens, int.MaxValue));
            float stretch = (float)Whole(Key.ContextTokens, int.MaxValue) / tokens;
            return new RopeScaling.Long(Checked(ShortTensor, within, dims / 2), Checked(LongTensor, beyond, dims / 2), tokens, stretch, NonZero(magnitude));
        }

        // Some converters write every key: scaling by 0 or 1 is none.
        float by = Number(factor) ?? 1;
        if (by is 0 or 1)
            return null;
        if (by < 0)
            throw Invalid(factor, $"is {by}; it must be above 0");
        return Text(type) switch
        {
            null or "none" => null,
            "linear" => new RopeScaling.Linear(by),
            "yarn" => new RopeScaling.Yarn(
                by,
                Whole(original, int.MaxValue),
                Magnitude: NonZero(magnitude) is { } scale ? scale * ((0.1f * MathF.Log(by)) + 1) : null,
                BetaFast: NonZero(new Key("rope.scaling.yarn_beta_fast")) ?? 32,
                BetaSlow: NonZero(new Key("rope.scaling.yarn_beta_slow")) ?? 1),
            var other => throw Invalid(type, $"is {other}, which is not implemented", "Rope scaling that works: none, linear, yarn, and factors in tensors."),
        };
    }

    private ImmutableArray<float> Checked(string name, float[] values, int length)
    {
        InvalidModelFileException Bad(string problem) => new(_metadata.File, $"tensor '{name}'", problem, "Convert the model again.");
        if (values.Length != length)
            throw Bad($"has {values.Length} elements; {length} frequencies are divided");
        foreach (float value in values)
        {
            if (value == 0 || !float.IsFinite(value))
                throw Bad($"holds {value}, which no frequency can be divided by");
        }
        return [.. values];
    }

    private static float[]? VectorOf(GgufFile file, string name)
    {
        if (file.Find(name) is not { } tensor)
            return null;
        float[] values = new float[(int)Math.Min(tensor.Shape[^1], 1 << 16)];
        file.Matrix(name, values.Length).CopyRow(0, values);
        return values;
    }

    private static int VocabularyOf(GgufFile file)
    {
        string embedding = TensorNames.Gguf.Embedding;
        if (!file.Header.Tensors.TryGetValue(embedding, out var tensor))
            throw file.Invalid(embedding, "is missing", "Convert the model again.");
        if (tensor.Shape.Length != 2 || tensor.Shape[1] > 1 << 24)
            throw file.Invalid(embedding, $"has shape {tensor.ShapeText}; two dimensions are needed, the second being the vocabulary", "Convert the model again.");
        return (int)tensor.Shape[1];
    }

    private string? NameOf(Key key) => key.Gguf is { } name ? $"{Architecture}.{name}" : null;
}
