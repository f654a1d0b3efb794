using System.Collections.Immutable;
using Orrery.Engine.Decoder.Positions;
using Orrery.Models;
using Orrery.Models.Safetensors;

namespace Orrery.Engine.Architectures;

/// <summary><c>config.json</c> as Hugging Face lays it out.</summary>
internal sealed class JsonModelHeader : ModelHeader
{
    private const string ArchitectureKey = "model_type";

    private readonly ModelConfig _json;

    public JsonModelHeader(SafetensorsModel model)
    {
        _json = model.Config;
        Architecture = _json.Text(ArchitectureKey) ?? throw _json.Missing(ArchitectureKey);
        Names = TensorNames.HuggingFace(model.Has("model.embed_tokens.weight") || !model.Has("embed_tokens.weight") ? "model." : "");
    }

    public override string Architecture { get; }

    public override TensorNames Names { get; }

    public override bool IsGguf => false;

    public override int Vocabulary => Whole(Key.Vocabulary, 1 << 24);

    public override long? Find(Key key, long least, long most) => NameOf(key) is { } name ? _json.WholeNumber(name, least, most) : null;

    public override float? Number(Key key) => NameOf(key) is { } name ? _json.Number(name) : null;

    public override string? Text(Key key) => NameOf(key) is { } name ? _json.Text(name) : null;

    public override bool? Truth(Key key) => NameOf(key) is { } name ? _json.Truth(name) : null;

    public override ImmutableArray<string>? Texts(Key key) => NameOf(key) is { } name ? _json.Texts(name) : null;

    public override ImmutableArray<long>? WholeNumbers(Key key) => NameOf(key) is { } name ? _json.WholeNumbers(name) : null;

    public override RopeConfig Rope(int headDim, string? layers = null) => JsonRope.Read(_json, headDim, layers);

    public override InvalidModelFileException UnknownArchitecture(string works)
        => _json.Invalid(ArchitectureKey, $"is '{Architecture}', which is not implemented", $"Architectures that work: {works}.");

    public override InvalidModelFileException Invalid(Key key, string problem, string? nextStep = null)
        => _json.Invalid(NameOf(key) ?? ArchitectureKey, problem, nextStep ?? "Get the file again.");

    /// <summary>The first that is there; else the first, for errors about its absence. Null: none is known.</summary>
    private string? NameOf(Key key) => key.HuggingFace.FirstOrDefault(_json.Contains) ?? key.HuggingFace.FirstOrDefault();
}
