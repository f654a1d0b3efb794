using Orrery.Models.Json;
using Orrery.Models.Tokenizers;
using Orrery.Tensors;

namespace Orrery.Models.Safetensors;

/// <summary>
/// A model as Hugging Face lays it out: weights in one safetensors file or in shards with an index, beside <c>config.json</c> and
/// <c>tokenizer.json</c>. Only headers are read; the weights stay mapped.
/// </summary>
public sealed class SafetensorsModel : IModelSource
{
    internal const string Extension = ".safetensors", SingleName = "model.safetensors", IndexName = "model.safetensors.index.json";

    /// <summary>The largest models in use come in fewer than 200.</summary>
    private const int MaxShards = 4096;

    private readonly string _folder;
    private readonly Dictionary<string, MappedFile> _shards = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (MappedFile Shard, SafetensorsTensor Tensor)> _tensors = new(StringComparer.Ordinal);

    private SafetensorsModel(string path, string folder, string? single)
    {
        (Path, _folder) = (path, folder);
        try
        {
            Config = new ModelConfig(JsonFile.Read(System.IO.Path.Combine(folder, "config.json")));
            if (single is not null)
                AddShard(single);
            else
                AddShards(JsonFile.Read(System.IO.Path.Combine(folder, IndexName)).Get("weight_map"));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Path { get; }

    public string Format => "safetensors";

    public ModelConfig Config { get; }

    public IEnumerable<string> TensorNames => _tensors.Keys;

    /// <summary>From <c>chat_template.jinja</c>, else from <c>tokenizer_config.json</c>.</summary>
    public string? ChatTemplate => ChatTemplateFiles.Read(_folder);

    /// <exception cref="InvalidModelFileException">Not there, damaged, or without its config.</exception>
    public static SafetensorsModel Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Directory.Exists(path))
            return new SafetensorsModel(path, path, File.Exists(System.IO.Path.Combine(path, IndexName)) ? null : SingleName);

        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        string name = System.IO.Path.GetFileName(path);

        // One shard of several is meant as the whole.
        bool isShard = name.Contains("-of-", StringComparison.Ordinal) && File.Exists(System.IO.Path.Combine(folder, IndexName));
        return new SafetensorsModel(path, folder, name.EndsWith(IndexName, StringComparison.Ordinal) || isShard ? null : name);
    }

    public bool Has(string name) => _tensors.ContainsKey(name);

    /// <inheritdoc/>
    public Matrix Matrix(string name, params ReadOnlySpan<int> shape)
    {
        if (!_tensors.TryGetValue(name, out var found))
            throw Invalid(name, "is missing", "Get all files of the model.");
        var (shard, tensor) = found;
        if (TensorShape.Rows(shape) is not { } rows || !TensorShape.Fits(tensor.Shape.AsSpan(), shape))
            throw Invalid(name, $"has shape {tensor.ShapeText}; the config asks for {TensorShape.Text(shape)}", "Get all files of the model.");
        if (tensor.Type is not { HasKernels: true } type)
            throw Invalid(name, $"has type {tensor.TypeName}", "Use a model with F32, F16 or BF16 weights.");
        return new Matrix(type, rows, shape[^1], shard.At(tensor.Offset), tensor.Bytes);
    }

    public Tokenizer ReadTokenizer(int vocabulary) => Tokenizer.FromJson(_folder, vocabulary);

    public ModelSummary Summarize()
    {
        var tensors = _tensors.Values.Select(found => found.Tensor).ToList();
        string type = tensors.GroupBy(tensor => tensor.TypeName).MaxBy(group => group.Sum(tensor => tensor.Weights))?.Key
            ?? throw new InvalidModelFileException(Path, "the header", "names no tensors", "Get all files of the model.");
        return new ModelSummary(
            Name: System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(_folder))),
            Architecture: Config.Text("model_type") ?? throw Config.Missing("model_type"),
            Parameters: tensors.Sum(tensor => tensor.Weights),
            ContextTokens: (int)(Config.WholeNumber("max_position_embeddings", 1, int.MaxValue) ?? throw Config.Missing("max_position_embeddings")),
            Quantization: type,
            FileBytes: _shards.Values.Sum(shard => shard.Bytes),
            Format);
    }

    public InvalidModelFileException Invalid(string tensor, string problem, string nextStep)
        => new(_tensors.TryGetValue(tensor, out var found) ? found.Shard.Path : Path, "tensor " + InvalidModelFileException.Quote(tensor), problem, nextStep);

    public void Dispose()
    {
        foreach (var shard in _shards.Values)
            shard.Dispose();
    }

    internal static bool IsIn(string folder) => File.Exists(System.IO.Path.Combine(folder, SingleName)) || File.Exists(System.IO.Path.Combine(folder, IndexName));

    private void AddShards(JsonPart weightMap)
    {
        var named = weightMap.Members().Select(entry => (Tensor: entry.Name, Shard: entry.Value.Text())).ToList();
        foreach (string shard in named.Select(entry => entry.Shard).Distinct(StringComparer.Ordinal))
        {
            // The index is a stranger's: it may name its neighbours and nothing else.
            if (shard is "" or "." or ".." || shard != System.IO.Path.GetFileName(shard) || !shard.EndsWith(Extension, StringComparison.Ordinal))
                throw weightMap.Invalid($"names {InvalidModelFileException.Quote(shard)}, which is no file in the same folder", InvalidModelFileException.GetItAgain);
            if (_shards.Count == MaxShards)
                throw weightMap.Invalid($"names more than {MaxShards} files", InvalidModelFileException.GetItAgain);
            AddShard(shard);
        }
        foreach (var (tensor, shard) in named)
        {
            if (!_tensors.TryGetValue(tensor, out var found) || found.Shard != _shards[shard])
                throw Invalid(tensor, $"is not in {InvalidModelFileException.Quote(shard)}, where the index has it", "Get all files of the model.");
        }
    }

    private void AddShard(string name)
    {
        string path = System.IO.Path.Combine(_folder, name);
        var shard = MappedFile.Open(path, Extension);
        _shards.Add(name, shard);
        foreach (var tensor in SafetensorsHeader.Read(shard.Start, shard.Bytes, path).Values)
        {
            if (!_tensors.TryAdd(tensor.Name, (shard, tensor)))
                throw new InvalidModelFileException(path, "tensor " + InvalidModelFileException.Quote(tensor.Name), "is in another shard as well", InvalidModelFileException.GetItAgain);
        }
    }
}
