using Orrery.Models.Quantization;
using Orrery.Tensors;

namespace Orrery.Models.Gguf;

/// <summary>A GGUF file with its matrices encoded as another type: what <c>llama-quantize --pure</c> makes.</summary>
public static class GgufQuantize
{
    private const string FileTypeKey = "general.file_type", VersionKey = "general.quantization_version", SplitPrefix = "split.";

    /// <summary>Of ggml's block layouts.</summary>
    private const uint QuantizationVersion = 2;

    // llama.cpp's llama_ftype: what most matrices of a file are. K types have it by their smallest mixture.
    private static readonly Dictionary<string, uint> FileTypes = new(StringComparer.Ordinal)
    {
        ["F32"] = 0, ["F16"] = 1, ["Q4_0"] = 2, ["Q4_1"] = 3, ["Q8_0"] = 7, ["Q5_0"] = 8, ["Q5_1"] = 9, ["Q2_K"] = 10, ["Q3_K"] = 11,
        ["Q4_K"] = 14, ["Q5_K"] = 16, ["Q6_K"] = 18, ["IQ4_NL"] = 25, ["IQ4_XS"] = 30, ["BF16"] = 32, ["MXFP4"] = 38,
    };

    /// <summary>Writes one file, whole or not at all, whatever the parts of the model.</summary>
    /// <param name="wanted">A type with kernels.</param>
    /// <exception cref="InvalidModelFileException">A tensor is quantized already, otherwise than wanted, or holds numbers that the type cannot.</exception>
    /// <exception cref="IOException">There is no such folder, no permission or no room.</exception>
    public static void Write(GgufFile model, DType wanted, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(wanted);
        var tensors = model.Header.Tensors.Values.Select(tensor => Planned(model, tensor, wanted)).ToList();
        var metadata = MetadataOf(model.Metadata).Where(pair => pair.Key is not (FileTypeKey or VersionKey));
        GgufWriter.Write(path, [.. metadata, .. TypeKeys(wanted)], tensors);
    }

    /// <summary>The keys that say what most matrices of a file are.</summary>
    /// <exception cref="ArgumentException">The type has no kernels.</exception>
    public static IReadOnlyList<KeyValuePair<string, object>> TypeKeys(DType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type.HasKernels && FileTypes.TryGetValue(type.Name, out uint fileType)
            ? [new(FileTypeKey, fileType), new(VersionKey, QuantizationVersion)]
            : throw new ArgumentException($"There are no kernels for {type} weights.", nameof(type));
    }

    /// <summary>Everything but what says how the file itself is laid out.</summary>
    internal static IEnumerable<KeyValuePair<string, object>> MetadataOf(GgufMetadata metadata)
    {
        foreach (string key in metadata.Keys)
        {
            if (key != GgufWriter.AlignmentKey && !key.StartsWith(SplitPrefix, StringComparison.Ordinal))
                yield return new(key, metadata.ValueOf(key)!);
        }
    }

    private static TensorToWrite Planned(GgufFile model, GgufTensor tensor, DType wanted)
    {
        var shape = tensor.SlowestFirst;
        return QuantizationPlan.For(tensor.Name, shape.AsSpan(), tensor.Type, wanted) switch
        {
            QuantizationPlan.Refuse refused => throw model.Invalid(tensor.Name, refused.Problem, refused.NextStep),
            QuantizationPlan.Encode(var type) => EncodedTensor.Of(
                tensor.Name, type, shape, () => model.Rows(tensor.Name), (problem, next) => model.Invalid(tensor.Name, problem, next)),
            _ => new TensorToWrite(tensor.Name, tensor.Type, shape, to => model.CopyBytes(tensor, to)),
        };
    }
}
