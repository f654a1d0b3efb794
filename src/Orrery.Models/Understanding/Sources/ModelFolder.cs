using System.Collections.Immutable;
using Orrery.Models.Json;
using Orrery.Models.Safetensors;

namespace Orrery.Models.Understanding.Sources;

/// <summary>Gathers the documents of a model in a folder of this machine.</summary>
internal static class ModelFolder
{
    private const string ConfigName = "config.json";
    private const int MostConfigBytes = 16 << 20, MostIndexBytes = 64 << 20;
    private const int MostCardBytes = 64 << 10, MostFiles = 4096;

    /// <summary>A folder, safetensors file or index with config.json; GGUF files of a folder come first where it has no safetensors.</summary>
    public static bool IsAt(string path)
    {
        if (!Directory.Exists(path))
            return path.EndsWith(SafetensorsModel.Extension, StringComparison.Ordinal) || path.EndsWith(SafetensorsModel.IndexName, StringComparison.Ordinal);
        if (!File.Exists(Path.Combine(path, ConfigName)))
            return SafetensorsModel.IsIn(path);                         // which is missed by name
        return SmallFiles.In(path, "*" + SafetensorsModel.Extension).Length > 0 || SmallFiles.In(path, "*.gguf").Length == 0;
    }

    public static ModelSummary Read(string path)
    {
        bool isFolder = Directory.Exists(path);
        string folder = isFolder ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        string configPath = Path.Combine(folder, ConfigName), indexPath = Path.Combine(folder, SafetensorsModel.IndexName), methodPath = Path.Combine(folder, "hf_quant_config.json");
        var config = SmallFiles.BytesOf(configPath, MostConfigBytes) ?? throw new InvalidModelFileException(configPath, "the file", "does not exist", "Get all files of the model.");
        var index = SmallFiles.BytesOf(indexPath, MostIndexBytes);
        var weights = isFolder || IsPart(path, index) ? WeightsIn(folder, index, indexPath) : [HeaderOf(path)];
        return ModelSummary.Of(new ModelDocuments(FolderNames.Of(folder), config)
        {
            ConfigPath = configPath,
            Index = index,
            IndexPath = indexPath,
            Weights = weights,
            OtherBytes = weights.IsEmpty ? SmallFiles.In(folder, "pytorch_model*.bin").Sum(file => new FileInfo(file).Length) : 0,
            QuantizationConfig = SmallFiles.BytesOf(methodPath, MostConfigBytes),
            QuantizationConfigPath = methodPath,
            ChatTemplates = ChatTemplateFiles.ReadAll(folder),
            SentenceModules = [.. SentenceModule.Read(folder).Select(module => module.Kind)],
            Card = SmallFiles.TextOf(Path.Combine(folder, "README.md"), MostCardBytes),
        });
    }

    /// <summary>All headers of the folder's weights.</summary>
    public static ImmutableArray<WeightHeader> Headers(IEnumerable<string> files) => [.. files.Select(HeaderOf)];

    private static bool IsPart(string path, ReadOnlyMemory<byte>? index)
        => path.EndsWith(SafetensorsModel.IndexName, StringComparison.Ordinal) || (index is not null && Path.GetFileName(path).Contains("-of-", StringComparison.Ordinal));

    /// <summary>What the index names, else the one file, else all that are there: some models come without an index.</summary>
    private static ImmutableArray<WeightHeader> WeightsIn(string folder, ReadOnlyMemory<byte>? index, string indexPath)
    {
        if (index is { } known)
            return Indexed(folder, JsonFile.Parse(indexPath, known).Get("weight_map"));
        string single = Path.Combine(folder, SafetensorsModel.SingleName);
        if (File.Exists(single))
            return [HeaderOf(single)];
        string[] all = SmallFiles.In(folder, "*" + SafetensorsModel.Extension);
        return all.Length <= MostFiles ? Headers(all) : throw new InvalidModelFileException(folder, "the folder", $"holds {all.Length} safetensors files; at most {MostFiles} are read", "Get all files of one model.");
    }

    /// <summary>Empty where no shard is there yet.</summary>
    private static ImmutableArray<WeightHeader> Indexed(string folder, JsonPart weightMap)
    {
        var files = SafetensorsFiles.ShardsOf(weightMap);
        if (!files.Any(file => File.Exists(Path.Combine(folder, file))))
            return [];
        var headers = Headers(files.Select(file => Path.Combine(folder, file)));
        var places = headers.SelectMany(file => file.Header.Tensors.Keys.Select(tensor => (Tensor: tensor, File: Path.GetFileName(file.File)))).ToHashSet();
        foreach (var (tensor, shard) in weightMap.Members())
        {
            if (!places.Contains((tensor, shard.Text())))
                throw SafetensorsFiles.Misplaced(Path.Combine(folder, shard.Text()), tensor, shard.Text());
        }
        return headers;
    }

    private static WeightHeader HeaderOf(string path)
    {
        using var file = MappedFile.Open(path, SafetensorsModel.Extension);
        return WeightHeader.Read(path, file.Start, file.Bytes);
    }
}
