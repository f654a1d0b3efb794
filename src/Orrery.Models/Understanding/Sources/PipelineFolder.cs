using System.Collections.Immutable;
using System.Text.Json;
using Orrery.Models.Json;
using Orrery.Models.Safetensors;
using Orrery.Models.Understanding.Abilities;
using Orrery.Models.Understanding.Cards;
using Orrery.Models.Understanding.Weights;

namespace Orrery.Models.Understanding.Sources;

/// <summary>
/// A diffusers pipeline: <c>model_index.json</c> names its class and, for each folder beside it, library and class of what is in it. Weights lie in the
/// folders' safetensors files.
/// </summary>
internal static class PipelineFolder
{
    private const string IndexName = "model_index.json";
    private const int MostParts = 64, MostNameChars = 255, MostCardBytes = 64 << 10;

    public static bool IsAt(string path) => Path.GetFileName(path) == IndexName || File.Exists(Path.Combine(path, IndexName));

    public static ModelSummary Read(string path)
    {
        string folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        var index = JsonFile.Read(Path.Combine(folder, IndexName));
        string className = index.Get("_class_name").Text();
        var types = new Dictionary<string, long>(StringComparer.Ordinal);
        var parts = new SortedDictionary<string, PipelinePart>(StringComparer.Ordinal);
        long fileBytes = 0, weightBytes = 0;
        foreach (var (name, value) in index.Members())
        {
            if (name.StartsWith('_') || value.Kind != JsonValueKind.Array || Pair(value) is not var (library, type))
                continue;
            if (parts.Count == MostParts)
                throw index.Invalid($"names more than {MostParts} parts");
            if (name is "" or "." or ".." || name.Length > MostNameChars || name.AsSpan().ContainsAny('/', '\\') || name.Any(char.IsControl))
                throw value.Invalid("has a name that is no folder beside this file");
            if (parts.ContainsKey(name))
                throw value.Invalid("is there twice", InvalidModelFileException.GetItAgain);
            var (counted, bytes) = Weights(Path.Combine(folder, name));
            foreach (var (dtype, weights) in counted?.ByType ?? ImmutableSortedDictionary<string, long>.Empty)
                types[dtype] = types.GetValueOrDefault(dtype) + weights;
            fileBytes += bytes;
            weightBytes += counted?.Bytes ?? 0;
            parts.Add(name, new PipelinePart(library, type, counted?.Total ?? 0));
        }
        var card = SmallFiles.TextOf(Path.Combine(folder, "README.md"), MostCardBytes) is { } text ? ModelCard.Parse(text) : null;
        var byType = types.ToImmutableSortedDictionary(StringComparer.Ordinal);
        var parameters = byType.IsEmpty ? null : new ParameterCount(byType.Values.Sum(), byType, ParameterOrigin.Counted);
        return new ModelSummary
        {
            Name = FolderNames.Of(folder),
            Format = "diffusers",
            Framework = new ModelFramework("diffusers", index.TextOf("_diffusers_version")),
            Architecture = className,
            IsKnown = true,
            License = card?.License,
            Parameters = parameters,
            Quantization = parameters?.MainType,
            Capabilities = [PipelineRules.Of(className)],
            Pipeline = new PipelineParts(className, parts.ToImmutableSortedDictionary(StringComparer.Ordinal)),
            WeightBytes = parameters is null ? null : weightBytes,
            FileBytes = fileBytes,
        };
    }

    /// <summary>Library and class. Null: the part is left out, which is written as two nulls.</summary>
    private static (string Library, string Type)? Pair(JsonPart value)
    {
        var two = value.Items().Take(3).ToList();
        if (two.Count != 2)
            throw value.Invalid("is not two texts, library and class");
        return two.Any(part => part.Kind == JsonValueKind.Null) ? null : (two[0].Text(), two[1].Text());
    }

    /// <summary>Of one part. The same weights may be there in half precision as well; the full ones are counted.</summary>
    private static (CountedWeights? Counted, long FileBytes) Weights(string folder)
    {
        if (!Directory.Exists(folder))
            return (null, 0);
        string[] files = [.. SmallFiles.In(folder, "*" + SafetensorsModel.Extension)];
        string[] plain = [.. files.Where(file => !IsVariant(Path.GetFileName(file)))];
        var headers = ModelFolder.Headers(plain.Length > 0 ? plain : files);
        if (headers.IsEmpty)
            return (null, 0);
        var tensors = headers.SelectMany(file => file.Header.Tensors.Values).DistinctBy(tensor => tensor.Name).ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var forms = WeightForms.Of(tensors, new Safetensors.QuantizationConfig(null, 128, 128), architecture: null);
        return (CountedWeights.Of(tensors, forms.Values, QuantizationMethod.None), headers.Sum(file => file.FileBytes));
    }

    // diffusion_pytorch_model.fp16.safetensors
    private static bool IsVariant(string name) => name.Contains(".fp16", StringComparison.Ordinal) || name.Contains(".bf16", StringComparison.Ordinal) || name.Contains(".non_ema", StringComparison.Ordinal);
}
