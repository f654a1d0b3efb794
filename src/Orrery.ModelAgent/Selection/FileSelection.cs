using System.Globalization;
using Orrery.Storage.Origins;

namespace Orrery.ModelAgent.Selection;

/// <summary>
/// Which files of a listing are needed to run a model: the weights once, and what describes them. Pure; the order of the listing makes no difference.
/// <code>
///   quantization named by a GGUF file ─▶ that GGUF          none, and safetensors ─▶ safetensors, config, tokenizer
///                                                          none, and one GGUF    ─▶ that GGUF
/// </code>
/// </summary>
internal abstract record FileSelection
{
    private const int MaxNamed = 12;

    // 1 PiB: more is no model, and sums of such sizes would not fit their numbers.
    private const long MaxBytes = 1L << 50;

    // Other forms of the same weights, history, and what people look at.
    private static readonly HashSet<string> LeftFolders = new(StringComparer.OrdinalIgnoreCase)
    {
        "onnx", "openvino", "original", "coreml", "tflite", "flax", "tensorrt", "gguf", "metal", "runs", "logs", "assets", "images", "figures", "examples", "eval", "evaluation", "samples",
    };

    private static readonly HashSet<string> KeptNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "README.md", "LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "NOTICE", "USE_POLICY.md", "vocab.txt", "merges.txt", "vocab.bpe",
    };

    private FileSelection()
    {
    }

    /// <param name="Files">By path.</param>
    /// <param name="Entry">Path of what engines open, below the model's folder: a GGUF file, or empty for the folder itself.</param>
    public sealed record Chosen(IReadOnlyList<ListedFile> Files, string Entry) : FileSelection;

    /// <param name="Problem">What is there, what is missing, and what to do.</param>
    public sealed record Refused(string Problem) : FileSelection;

    /// <param name="quantization">As the spec has it; null: not said.</param>
    public static FileSelection From(IReadOnlyList<ListedFile> files, string? quantization)
    {
        var gguf = GgufModel.Among(files);
        var asked = quantization is null ? [] : gguf.Where(m => string.Equals(m.Quantization, quantization, StringComparison.OrdinalIgnoreCase)).ToList();
        var choice = asked.Count == 1 ? Gguf(files, asked[0])
            : asked.Count > 1 ? new Refused($"several GGUF models have the quantization {quantization}: {Named(asked)}; name an address that holds one of them")
            : files.Any(f => f.Path.EndsWith(".safetensors", StringComparison.Ordinal) && !IsLeft(f.Path)) ? Safetensors(files)
            : gguf.Count > 0 ? OneGguf(files, gguf, quantization)
            : new Refused(NoWeights(files));
        return choice is Chosen chosen ? Checked(chosen) : choice;
    }

    private static FileSelection Safetensors(IReadOnlyList<ListedFile> files)
    {
        List<ListedFile> chosen = [];
        foreach (var folder in files.Where(f => !IsLeft(f.Path)).GroupBy(f => FolderOf(f.Path), StringComparer.Ordinal))
        {
            var (weights, problem) = SafetensorsChoice.Of([.. folder]);
            if (problem is not null)
                return new Refused($"{problem}; the origin is not complete");
            chosen.AddRange(weights);
            chosen.AddRange(folder.Where(f => Describes(f.Path)));
        }
        return chosen.Any(f => f.Path is "config.json" or "model_index.json" or "adapter_config.json" or "params.json")
            ? new Chosen([.. chosen.OrderBy(f => f.Path, StringComparer.Ordinal)], Entry: "")
            : new Refused("there are safetensors files and no config.json beside them; name the folder that holds both");
    }

    private static FileSelection OneGguf(IReadOnlyList<ListedFile> files, IReadOnlyList<GgufModel> models, string? quantization)
    {
        if (quantization is not null && models.Any(m => m.Quantization is not null))
            return new Refused($"spec.quantization: '{quantization}' is not there; there are {Named(models)}");
        return models.Count == 1
            ? Gguf(files, models[0])
            : new Refused($"spec.quantization: must be set to one of those that are there: {Named(models)}");
    }

    private static FileSelection Gguf(IReadOnlyList<ListedFile> files, GgufModel model)
        => model.Problem is { } problem
            ? new Refused($"{problem}; the origin is not complete")
            : new Chosen(
                [.. files.Where(f => !f.Path.Contains('/', StringComparison.Ordinal) && KeptNames.Contains(f.Path)).Concat(model.Parts).OrderBy(f => f.Path, StringComparer.Ordinal)],
                model.Parts[0].Path);

    private static FileSelection Checked(Chosen chosen)
    {
        string? problem = chosen.Files.Select(f => FileNames.Problem(f.Path)).FirstOrDefault(p => p is not null)
            ?? FileNames.Collision(chosen.Files.Select(f => f.Path))
            ?? (chosen.Files.Sum(f => (double)f.Bytes) > MaxBytes ? string.Create(CultureInfo.InvariantCulture, $"the files have {chosen.Files.Sum(f => (double)f.Bytes):0} bytes by what the origin says") : null);
        return problem is null ? chosen : new Refused($"{problem}; nothing of this origin is fetched");
    }

    private static bool Describes(string path)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        return KeptNames.Contains(name) || Path.GetExtension(name) is ".json" or ".jinja" or ".model" or ".tiktoken" && !name.EndsWith(".index.json", StringComparison.Ordinal);
    }

    private static bool IsLeft(string path)
    {
        string[] parts = path.Split('/');
        return parts.SkipLast(1).Any(p => LeftFolders.Contains(p) || p.StartsWith('.') && p is not ("." or "..") || p.StartsWith("checkpoint-", StringComparison.Ordinal));
    }

    private static string FolderOf(string path) => path.LastIndexOf('/') is >= 0 and var slash ? path[..slash] : "";

    private static string NoWeights(IReadOnlyList<ListedFile> files)
    {
        var others = files.Select(f => f.Path).Where(p => Path.GetExtension(p) is ".bin" or ".pt" or ".pth" or ".ckpt" or ".h5" or ".msgpack" or ".onnx").ToList();
        return others.Count > 0
            ? $"there are neither safetensors nor GGUF files; '{others[0]}' and its like are not fetched, since to load such files can run what is in them. Find a revision with safetensors"
            : $"there are neither safetensors nor GGUF files among {files.Count}; correct the address";
    }

    private static string Named(IReadOnlyList<GgufModel> models)
        => string.Join(", ", models.Take(MaxNamed).Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Quantization ?? m.Name} ({m.Bytes / 1e9:0.0#} GB)")))
            + (models.Count > MaxNamed ? $" and {models.Count - MaxNamed} more" : "");
}
