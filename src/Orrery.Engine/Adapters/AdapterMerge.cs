using Orrery.Engine.Architectures;
using Orrery.Engine.Decoder;
using Orrery.Models;
using Orrery.Models.Adapters;
using Orrery.Models.Rewriting;

namespace Orrery.Engine.Adapters;

/// <summary>Writes a base with an adapter's weights added to its own: W + scale * B A, encoded as W was.</summary>
public static class AdapterMerge
{
    /// <param name="path">Of the GGUF file, or of the folder for a safetensors base. It appears whole, or not at all.</param>
    /// <exception cref="InvalidModelFileException">The base or the adapter is damaged, they do not fit each other, or a tensor cannot be written again.</exception>
    /// <exception cref="IOException">Something is there already, or there is no such folder, no permission or no room.</exception>
    public static void Write(IModelSource model, AdapterFile adapter, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(adapter);
        var header = ModelHeader.Of(model);
        var (config, names) = ArchitectureTable.Read(header);
        var places = new ModulePlaces(config, names, ArchitectureTable.Find(header).Modules(config), header.IsGguf)
            .Of(new LayerRange(0, config.Layers.Length))
            .ToDictionary(place => place.Module, StringComparer.Ordinal);

        var changed = new Dictionary<string, List<(AdapterModule Module, ModulePlace Place)>>(StringComparer.Ordinal);
        foreach (var module in adapter.Modules)
        {
            var place = places.GetValueOrDefault(module.Name) ?? throw adapter.NoPlace(module, config.Architecture);
            if (adapter.Misfit(module, place.Rows, place.Cols) is { } misfit)
                throw misfit;
            if (Problem(model, config, names, place) is { } problem)
                throw model.Invalid(place.Tensor, problem, "Load the adapter beside the base instead of merging it.");
            if (!changed.TryGetValue(place.Tensor, out var modules))
                changed.Add(place.Tensor, modules = []);
            modules.Add((module, place));
        }
        ModelRewrite.Write(
            model,
            changed.ToDictionary(
                pair => pair.Key,
                pair => (Func<WeightRows, WeightRows>)(rows => new MergedRows(rows, [.. pair.Value.Select(one => new MergedModule(adapter, one.Module, one.Place))])),
                StringComparer.Ordinal),
            path);
    }

    private static string? Problem(IModelSource model, DecoderConfig config, TensorNames names, ModulePlace place)
    {
        if (place.Tensor == names.Output && (config.TiedOutput || !model.Has(names.Output)))
            return "is the embedding too, which the adapter leaves as it is";
        if (!model.Has(place.Tensor))
            return "is missing";
        return model.Has(place.Tensor[..^".weight".Length] + ".scale") ? "has a scale beside it, which merging does not know" : null;
    }
}
