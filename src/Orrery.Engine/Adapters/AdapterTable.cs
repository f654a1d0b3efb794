using Orrery.Engine.Decoder;
using Orrery.Engine.Decoder.Adapters;
using Orrery.Models;
using Orrery.Models.Adapters;

namespace Orrery.Engine.Adapters;

/// <summary>The adapters of a loaded model by name, their weights attached to the maps that they change.</summary>
internal sealed class AdapterTable
{
    private AdapterTable(IReadOnlyList<string> names) => Names = names;

    /// <summary>In the order in which they were given.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Reads the adapters' weights. Those of layers that are not in the range are another part's.</summary>
    /// <param name="architecture">As the base's files name it, for errors.</param>
    /// <exception cref="InvalidModelFileException">An adapter changes something that the base has not, or in another shape.</exception>
    public static AdapterTable Attach(AdapterFiles files, ModulePlaces places, DecoderWeights weights, LayerRange range, int layers, string architecture)
    {
        var known = files.All.Count == 0 ? [] : places.Of(range).ToDictionary(place => place.Module, StringComparer.Ordinal);
        for (int number = 0; number < files.All.Count; number++)
        {
            var file = files.All[number].File;
            foreach (var module in file.Modules.Where(module => IsOurs(module, range, layers)))
            {
                var place = known.GetValueOrDefault(module.Name) ?? throw file.NoPlace(module, architecture);
                if (file.Misfit(module, place.Rows, place.Cols) is { } misfit)
                    throw misfit;
                Attach(Read(file, module, place), place.Maps(weights), number, files.All.Count);
            }
        }
        return new AdapterTable([.. files.All.Select(adapter => adapter.Name)]);
    }

    /// <summary>The number that sequences carry.</summary>
    /// <param name="name">Null: none.</param>
    /// <exception cref="ArgumentException">There is no such adapter.</exception>
    public int NumberOf(string? name) => name is null ? RowAdapters.None : Problem(name) is { } problem ? throw new ArgumentException(problem, nameof(name)) : Find(name);

    /// <summary>What is wrong with a name in a request; null when nothing is.</summary>
    public string? Problem(string? name)
    {
        if (name is null || Find(name) >= 0)
            return null;
        return $"adapter: there is none named '{name}'; {(Names.Count == 0 ? "the model was loaded without any" : $"there are {string.Join(", ", Names)}")}";
    }

    private static bool IsOurs(AdapterModule module, LayerRange range, int layers)
        => ModulePlaces.LayerOf(module.Name) is { } layer ? layer >= layers || range.Contains(layer) : range.End == layers;

    private static LowRank Read(AdapterFile file, AdapterModule module, ModulePlace place)
    {
        float[] a = LowRank.Allocate(module.Rank, module.Cols), b = LowRank.Allocate(module.Rows, module.Rank);
        file.ReadA(module, a);
        file.ReadB(module, b);
        if (place.HeadRows > 0)
        {
            float[] stored = [.. b];
            for (int row = 0; row < module.Rows; row++)
                stored.AsSpan(place.RowInAdapter(row) * module.Rank, module.Rank).CopyTo(b.AsSpan(row * module.Rank));
        }
        return LowRank.Of(a, b, module.Rank, module.Scale);
    }

    /// <summary>A is computed once for each of the maps that its rows are divided into: at most three times, and it is small.</summary>
    private static void Attach(LowRank all, Projection[] maps, int number, int adapters)
    {
        int first = 0;
        foreach (var map in maps)
        {
            map.Adapters ??= new LowRank?[adapters];
            map.Adapters[number] = all.Rowset(first, map.Rows);
            first += map.Rows;
        }
    }

    private int Find(string name)
    {
        for (int number = 0; number < Names.Count; number++)
        {
            if (Names[number] == name)
                return number;
        }
        return -1;
    }
}
