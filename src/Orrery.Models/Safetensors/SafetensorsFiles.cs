using Orrery.Models.Json;

namespace Orrery.Models.Safetensors;

/// <summary>The files with a model's weights, mapped: one, or shards that an index names.</summary>
internal sealed class SafetensorsFiles : IDisposable
{
    /// <summary>The largest models in use come in fewer than 200.</summary>
    private const int MaxShards = 4096;

    private readonly string _folder;
    private readonly List<MappedFile> _shards = [];
    private readonly Dictionary<string, SafetensorsTensor> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _notes = new(StringComparer.Ordinal);

    /// <param name="single">The one file; null to read the index.</param>
    public SafetensorsFiles(string folder, string? single)
    {
        _folder = folder;
        try
        {
            if (single is not null)
                AddShard(single);
            else
                AddShards(JsonFile.Read(Path.Combine(folder, SafetensorsModel.IndexName)).Get("weight_map"));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors => _tensors;

    /// <summary>Of all files.</summary>
    public IReadOnlyDictionary<string, string> Notes => _notes;

    public long Bytes => _shards.Sum(shard => shard.Bytes);

    public nint At(SafetensorsTensor tensor) => _shards[tensor.Shard].At(tensor.Offset);

    public void CopyBytes(SafetensorsTensor tensor, Stream to) => _shards[tensor.Shard].CopyTo(tensor.Offset, tensor.Bytes, to);

    public string PathOf(SafetensorsTensor tensor) => _shards[tensor.Shard].Path;

    public void Dispose()
    {
        foreach (var shard in _shards)
            shard.Dispose();
    }

    /// <summary>The files that an index names, each once, in its order.</summary>
    /// <exception cref="InvalidModelFileException">There are too many, or one is no neighbour of the index.</exception>
    public static IReadOnlyList<string> ShardsOf(JsonPart weightMap)
    {
        var shards = weightMap.Members().Select(entry => entry.Value.Text()).Distinct(StringComparer.Ordinal).ToList();
        foreach (string shard in shards)
        {
            // The index is a stranger's: it may name its neighbours and nothing else.
            if (shard is "" or "." or ".." || shard != Path.GetFileName(shard) || !shard.EndsWith(SafetensorsModel.Extension, StringComparison.Ordinal))
                throw weightMap.Invalid($"names {InvalidModelFileException.Quote(shard)}, which is no file in the same folder", InvalidModelFileException.GetItAgain);
        }
        return shards.Count <= MaxShards ? shards : throw weightMap.Invalid($"names more than {MaxShards} files", InvalidModelFileException.GetItAgain);
    }

    /// <summary>What is thrown when a tensor is not where the index has it.</summary>
    /// <param name="file">Where it is; else where it should be.</param>
    public static InvalidModelFileException Misplaced(string file, string tensor, string shard)
        => new(file, "tensor " + InvalidModelFileException.Quote(tensor), $"is not in {InvalidModelFileException.Quote(shard)}, where the index has it", "Get all files of the model.");

    private void AddShards(JsonPart weightMap)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string shard in ShardsOf(weightMap))
        {
            numbers.Add(shard, _shards.Count);
            AddShard(shard);
        }
        foreach (var (tensor, shard) in weightMap.Members().Select(entry => (entry.Name, entry.Value.Text())))
        {
            if (!_tensors.TryGetValue(tensor, out var found) || found.Shard != numbers[shard])
                throw Misplaced(found is null ? weightMap.File : PathOf(found), tensor, shard);
        }
    }

    private void AddShard(string name)
    {
        string path = Path.Combine(_folder, name);
        var shard = MappedFile.Open(path, SafetensorsModel.Extension);
        _shards.Add(shard);
        var header = SafetensorsHeader.Read(shard.Start, shard.Bytes, path);
        foreach (var tensor in header.Tensors.Values)
        {
            if (!_tensors.TryAdd(tensor.Name, tensor with { Shard = _shards.Count - 1 }))
                throw new InvalidModelFileException(path, "tensor " + InvalidModelFileException.Quote(tensor.Name), "is in another shard as well", InvalidModelFileException.GetItAgain);
        }
        foreach (var (note, text) in header.Notes)
            _notes.TryAdd(note, text);
    }
}
