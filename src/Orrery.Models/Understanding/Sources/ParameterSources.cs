using System.Collections.Immutable;
using Orrery.Models.Json;
using Orrery.Models.Safetensors;
using Orrery.Models.Understanding.Estimates;
using Orrery.Models.Understanding.Families;
using Orrery.Models.Understanding.Shapes;
using Orrery.Models.Understanding.Weights;

namespace Orrery.Models.Understanding.Sources;

/// <summary>Parameters from the best that there is: the tensors, the index of the shards, or the config.</summary>
/// <param name="Bytes">Of the weights.</param>
internal sealed record ParameterSources(ParameterCount? Count, long? Bytes)
{
    public static ParameterSources Of(ModelDocuments documents, TextConfig config, TextShape? shape, QuantizationMethod method, ModelHead head, ImmutableArray<string>.Builder notes)
    {
        if (documents.Weights.IsEmpty)
        {
            var estimate = Estimate(config, shape, method, head, notes);
            return OfIndex(documents, TypeOf(config), method, estimate) ?? estimate;
        }
        var counted = Counted(documents, config, method, notes);
        if (counted.Unknown is not { } tensor)
            return new ParameterSources(Active(counted, shape?.Mixture, notes), counted.Bytes);
        notes.Add($"tensor {InvalidModelFileException.Quote(tensor)} is packed by '{method.Name}' in a way that is not known here: parameters are estimated");
        return Estimate(config, shape, method, head, notes) with { Bytes = counted.Bytes };
    }

    /// <summary>The type that the config names. Null: none.</summary>
    public static string? TypeOf(TextConfig config)
    {
        foreach (var part in (ReadOnlySpan<ModelConfig>)[config.Text, config.Root])
        {
            foreach (string key in (ReadOnlySpan<string>)["torch_dtype", "dtype"])
            {
                if (part.IsText(key) && TypeBits.OfTorch(part.Text(key)) is { } type)
                    return type;
            }
        }
        return null;
    }

    private static CountedWeights Counted(ModelDocuments documents, TextConfig config, QuantizationMethod method, ImmutableArray<string>.Builder notes)
    {
        var tensors = new Dictionary<string, SafetensorsTensor>(StringComparer.Ordinal);
        string? twice = null;
        foreach (var file in documents.Weights)
        {
            foreach (var tensor in file.Header.Tensors.Values)
            {
                if (!tensors.TryAdd(tensor.Name, tensor))
                    twice ??= tensor.Name;
            }
        }
        if (twice is not null)
            notes.Add($"tensor {InvalidModelFileException.Quote(twice)} is in more than one file: it is counted once, as are others like it");
        var forms = WeightForms.Of(tensors, new Safetensors.QuantizationConfig(method.Name, 128, 128), config.ModelType);
        return CountedWeights.Of(tensors, forms.Values, method);
    }

    private static ParameterCount Active(CountedWeights counted, FeedForward.Mixture? mixture, ImmutableArray<string>.Builder notes)
    {
        var count = new ParameterCount(counted.Total, counted.ByType, ParameterOrigin.Counted);
        if (mixture is null)
            return count;
        if (counted.Routed == 0)
            notes.Add("no tensor has the name of an expert: active parameters are not known");
        return count with { Active = counted.Total - counted.Routed + (long)((Int128)counted.Routed * mixture.Used / mixture.Count) };
    }

    private static ParameterSources? OfIndex(ModelDocuments documents, string? type, QuantizationMethod method, ParameterSources estimate)
    {
        if (documents.Index is not { } index || JsonFile.Parse(documents.IndexPath, index).Find("metadata") is not { } metadata)
            return null;
        const double Most = 1L << 50;
        long? bytes = metadata.NumberOf("total_size") is >= 0 and <= Most and var size ? (long)size : null;
        long? total = metadata.NumberOf("total_parameters") is > 0 and <= Most and var said ? (long)said : null;
        if (method.Name is null && type is not null)
            total ??= bytes / (long)(TypeBits.Of(type) / 8);
        if (total is not { } known)
            return bytes is null ? null : estimate with { Bytes = bytes };
        var count = ParameterCount.Of(method.WeightType ?? type ?? "unknown", known, ParameterOrigin.Index);
        if (estimate.Count is { } guess && guess.Active != guess.Total)
            count = count with { Active = (long)((Int128)known * guess.Active / guess.Total) };
        return new ParameterSources(count, bytes ?? estimate.Bytes);
    }

    private static ParameterSources Estimate(TextConfig config, TextShape? shape, QuantizationMethod method, ModelHead head, ImmutableArray<string>.Builder notes)
    {
        if (shape is null || shape.Family.Role is not (FamilyRole.Decoder or FamilyRole.Encoder))
            return new ParameterSources(null, null);
        var (total, active) = TextEstimate.Of(shape, head);
        long? tower = TowerOf(config, shape.Hidden);
        if (tower is null)
            notes.Add("the tower for pictures is not in the estimate: its config does not give its size");
        if (config.Root.Contains("audio_config") || config.Root.Contains("thinker_config"))
            notes.Add("only text, and the tower for pictures where the config has it at its top, are in the estimate");
        total += tower ?? 0;
        active += tower ?? 0;

        // :: What is packed: the experts, or all but the embedding and the output
        string type = TypeOf(config) ?? "BF16";
        long packed = method.WeightType is null ? 0
            : method.Name == "mxfp4" && shape.Mixture is not null ? TextEstimate.Experts(shape)
            : total - (tower ?? 0) - ((shape.Tied ? 1L : 2L) * shape.Vocabulary * shape.Hidden);
        packed = Math.Clamp(packed, 0, total);
        var types = ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);
        if (packed > 0)
            types = types.Add(method.WeightType!, packed);
        types = types.SetItem(type, types.GetValueOrDefault(type) + total - packed);
        return new ParameterSources(
            new ParameterCount(total, types, ParameterOrigin.Estimated) { Active = active },
            (long)types.Sum(part => part.Value * TypeBits.Of(part.Key) / 8));
    }

    private static long? TowerOf(TextConfig config, int textHidden)
    {
        try
        {
            return TowerEstimate.Of(config, textHidden);
        }
        catch (InvalidModelFileException) when (!config.IsKnown)
        {
            return null;
        }
    }
}
