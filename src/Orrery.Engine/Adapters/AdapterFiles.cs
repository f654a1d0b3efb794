using Orrery.Engine.Decoder;
using Orrery.Engine.Decoder.Adapters;
using Orrery.Models;
using Orrery.Models.Adapters;

namespace Orrery.Engine.Adapters;

/// <summary>The files of the adapters that a model is loaded with, opened: headers only.</summary>
internal sealed class AdapterFiles : IDisposable
{
    private readonly List<(string Name, AdapterFile File)> _files = [];

    /// <exception cref="InvalidModelFileException">One of them is no adapter that works here.</exception>
    public AdapterFiles(IReadOnlyList<AdapterPath> adapters)
    {
        try
        {
            foreach (var adapter in adapters)
                _files.Add((adapter.Name, AdapterFile.Open(adapter.Path)));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyList<(string Name, AdapterFile File)> All => _files;

    /// <summary>The largest maps of all, of whichever layer.</summary>
    public AdapterSizes Sizes
    {
        get
        {
            var modules = _files.SelectMany(adapter => adapter.File.Modules).ToList();
            return modules.Count == 0
                ? default
                : new AdapterSizes(modules.Max(module => module.Rank), modules.Max(module => module.Cols), modules.Max(module => module.Rows));
        }
    }

    /// <summary>Of the weights in f32, as they are kept.</summary>
    public long BytesIn(LayerRange range, int layers) => sizeof(float) * _files
        .SelectMany(adapter => adapter.File.Modules)
        .Where(module => ModulePlaces.LayerOf(module.Name) is { } layer ? range.Contains(layer) : range.End == layers)
        .Sum(module => module.Weights);

    public void Dispose()
    {
        foreach (var (_, file) in _files)
            file.Dispose();
    }
}
