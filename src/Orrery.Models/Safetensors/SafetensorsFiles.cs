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

    private void AddShards(JsonPart weightMap)
    {
        var named = weightMap.Members().Select(entry => (Tensor: entry.Name, Shard: entry.Value.Text())).ToList();
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string shard in named.Select(entry => entry.Shard).Distinct(StringComparer.Ordinal))
        {
            // The index is a stranger's: it may name its neighbours and nothing else.
            if (shard is "" or "." or ".." || shard != Path.GetFileName(shard) || !shard.EndsWith(SafetensorsModel.Extension, StringComparison.Ordinal))
                throw weightMap.Invalid($"names {InvalidModelFileException.Quote(shard)}, which is no file in the same folder", InvalidModelFileException.GetItAgain);
            if (_shards.Count == MaxShards)
                throw weightMap.Invalid($"names more than {MaxShards} files", InvalidModelFileException.GetItAgain);
            numbers.Add(shard, _shards.Count);
            AddShard(shard);
        }
        foreach (var (tensor, shard) in named)
        {
            if (!_tensors.TryGetValue(tensor, out var found) || found.Shard != numbers[shard])
            {
                throw new InvalidModelFileException(
                    found is null ? weightMap.File : PathOf(found),
                    "tensor " + InvalidModelFileException.Quote(tensor),
                    $"is not in {InvalidModelFileException.Quote(shard)}, where the index has it",
                    "Get all files of the model.");
            }
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
