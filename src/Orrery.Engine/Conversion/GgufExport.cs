using Orrery.Engine.Architectures;
using Orrery.Engine.Decoder;
using Orrery.Models;
using Orrery.Models.Gguf;
using Orrery.Models.Quantization;
using Orrery.Models.Safetensors;
using Orrery.Models.Tokenizers.Ggml;
using Orrery.Tensors;

namespace Orrery.Engine.Conversion;

/// <summary>Writes a model from Hugging Face's files as one GGUF file that llama.cpp reads too.</summary>
public static class GgufExport
{
    private const string NextStep = "Keep the folder, and quantize when it is loaded.";

    /// <summary>The file appears whole under its name, or not at all.</summary>
    /// <param name="wanted">Type of the matrices; those whose columns its blocks do not divide get the next one that fits.</param>
    /// <exception cref="InvalidModelFileException">The model is damaged, or GGUF has no form for something about it: nothing is lost silently.</exception>
    /// <exception cref="IOException">There is no such folder, no permission or no room.</exception>
    public static void Write(SafetensorsModel model, DType wanted, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(wanted);
        var header = ModelHeader.Of(model);
        var (config, from) = ArchitectureTable.Read(header);

        // Mistral and mixtral go by the name of llama there.
        string architecture = ArchitectureTable.Find(header).GgufName ?? "llama";
        var metadata = Metadata(model, config, architecture);
        var facts = new GgufMetadata(model.Path, metadata.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal));

        // What a reader will make of it has to be what the original says.
        var divisors = GgufTensorsOf.Divisors(config);
        var (readBack, to) = ArchitectureTable.Read(new GgufModelHeader(facts, divisors.GetValueOrDefault, () => config.Vocabulary));
        if (ConfigDifference.First(config, readBack) is { } difference)
            throw new InvalidModelFileException(model.Path, "the model", $"{difference}: GGUF's {architecture} has no form for that", NextStep);
        var tensors = GgufTensorsOf.Read(model, config, from, to, neighbours: config.RopeHalves && !readBack.RopeHalves);

        GgufWriter.Write(path, [.. metadata, .. GgufQuantize.TypeKeys(wanted)], [.. tensors.Select(tensor => EncodedTensor.Of(
            tensor.Name, TypeOf(model, tensor, wanted), tensor.Shape, () => tensor.Rows, (problem, next) => model.Invalid(tensor.Origin, problem, next)))]);
    }

    /// <summary>Vectors and small tables are F32; llama.cpp reads no others.</summary>
    private static DType TypeOf(SafetensorsModel model, ConvertedTensor tensor, DType wanted)
        => QuantizationPlan.For(tensor.Name, tensor.Shape.AsSpan(), tensor.Type, wanted) switch
        {
            QuantizationPlan.Refuse refused => throw model.Invalid(tensor.Origin, refused.Problem, refused.NextStep),
            QuantizationPlan.Encode(var type) => type,
            _ => QuantizationPlan.For(tensor.Name, tensor.Shape.AsSpan(), DType.F32, wanted) is QuantizationPlan.Encode ? tensor.Type : DType.F32,
        };

    private static List<KeyValuePair<string, object>> Metadata(SafetensorsModel model, DecoderConfig config, string architecture)
    {
        var metadata = new List<KeyValuePair<string, object>> { new("general.architecture", architecture), new("general.name", model.Name) };
        metadata.AddRange(GgufMetadataOf.Config(config, architecture));
        metadata.AddRange(GgufTokenizerExport.Describe(model.Folder, config.Vocabulary));
        if (model.ChatTemplate is { } template)
            metadata.Add(new("tokenizer.chat_template", template));
        return metadata;
    }
}
