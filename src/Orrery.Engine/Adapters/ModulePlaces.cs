using System.Globalization;
using Orrery.Engine.Architectures;
using Orrery.Engine.Decoder;

namespace Orrery.Engine.Adapters;

/// <summary>The linear maps of an architecture under the names that adapters have for them: those of Hugging Face's transformers.</summary>
/// <param name="names">Of the base's files.</param>
/// <param name="modules">As transformers names them, without <c>model.</c> in front.</param>
/// <param name="isGguf">Whether rows may have been moved, see <see cref="ModulePlace.HeadRows"/>.</param>
internal sealed class ModulePlaces(DecoderConfig config, TensorNames names, TensorNames modules, bool isGguf)
{
    private const string LayersPrefix = "layers.";

    /// <summary>All of a range, and the output where the last layer is in it.</summary>
    public IEnumerable<ModulePlace> Of(LayerRange range)
    {
        for (int layer = range.First; layer < range.End; layer++)
        {
            int index = layer - range.First;
            foreach (var place in Attention(layer, weights => weights.Layers[index]))
                yield return place;
            foreach (var place in config.Layers[layer].Experts is { } experts ? Mixture(layer, experts, weights => weights.Layers[index].Experts!) : FeedForward(layer, weights => weights.Layers[index].Ffn!))
                yield return place;
        }
        if (range.End == config.Layers.Length)
            yield return new ModulePlace(Stem(modules.Output), names.Output, 0, config.Vocabulary, config.Dim, weights => [weights.Output!]);
    }

    /// <summary>The layer that a module is in; null for those outside of all layers.</summary>
    public static int? LayerOf(string module)
    {
        if (!module.StartsWith(LayersPrefix, StringComparison.Ordinal))
            return null;
        var rest = module.AsSpan(LayersPrefix.Length);
        return rest.IndexOf('.') is > 0 and var end && int.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out int layer) ? layer : null;
    }

    private IEnumerable<ModulePlace> Attention(int layer, Func<DecoderWeights, LayerWeights> own)
    {
        var (dim, q, kv) = (config.Dim, config.QueryDim, config.KvDim);
        int headRows = isGguf && !config.RopeHalves ? config.HeadDim : 0;
        if (config.FusedQkv)
        {
            yield return Place(layer, modules.Qkv, names.Qkv, q + (2 * kv), dim, weights => [own(weights).Query, own(weights).Key, own(weights).Value]);
        }
        else
        {
            yield return Place(layer, modules.Query, names.Query, q, dim, weights => [own(weights).Query]) with { HeadRows = headRows };
            yield return Place(layer, modules.Key, names.Key, kv, dim, weights => [own(weights).Key]) with { HeadRows = headRows };
            yield return Place(layer, modules.Value, names.Value, kv, dim, weights => [own(weights).Value]);
        }
        yield return Place(layer, modules.AttentionOutput, names.AttentionOutput, dim, q, weights => [own(weights).AttentionOutput]);
    }

    private IEnumerable<ModulePlace> FeedForward(int layer, Func<DecoderWeights, FfnWeights> own)
    {
        var (dim, ffn) = (config.Dim, config.Layers[layer].FfnDim);
        if (config.FusedGateUp)
        {
            yield return Place(layer, modules.GateUp, names.GateUp, 2 * ffn, dim, weights => [own(weights).Gate, own(weights).Up!]);
        }
        else
        {
            yield return Place(layer, modules.Gate, names.Gate, ffn, dim, weights => [own(weights).Gate]);
            yield return Place(layer, modules.Up, names.Up, ffn, dim, weights => [own(weights).Up!]);
        }
        yield return Place(layer, modules.Down, names.Down, dim, ffn, weights => [own(weights).Down]);
    }

    private IEnumerable<ModulePlace> Mixture(int layer, ExpertsConfig experts, Func<DecoderWeights, ExpertWeights> own)
    {
        int dim = config.Dim;
        yield return Place(layer, modules.Router, names.Router, experts.Count, dim, weights => [own(weights).Router]);
        if (experts.SharedDim > 0)
        {
            yield return Place(layer, modules.SharedRouter, names.SharedRouter, 1, dim, weights => [own(weights).SharedRouter!]);
            yield return Place(layer, modules.SharedGate, names.SharedGate, experts.SharedDim, dim, weights => [own(weights).Shared!.Gate]);
            yield return Place(layer, modules.SharedUp, names.SharedUp, experts.SharedDim, dim, weights => [own(weights).Shared!.Up!]);
            yield return Place(layer, modules.SharedDown, names.SharedDown, dim, experts.SharedDim, weights => [own(weights).Shared!.Down]);
        }

        // Experts that transformers keeps in one parameter are no modules that an adapter could name.
        if (modules.Experts is not ExpertNames.Single single)
            yield break;
        for (int expert = 0; expert < experts.Count; expert++)
        {
            int one = expert;
            string module = single.Expert(expert);
            yield return OfExpert(layer, expert, module + single.Gate, stack => stack.Gate, file => file.Gate, experts.Dim, dim, weights => [own(weights).Each[one].Gate]);
            yield return OfExpert(layer, expert, module + single.Up, stack => stack.Up, file => file.Up, experts.Dim, dim, weights => [own(weights).Each[one].Up!]);
            yield return OfExpert(layer, expert, module + single.Down, stack => stack.Down, file => file.Down, dim, experts.Dim, weights => [own(weights).Each[one].Down]);
        }
    }

    private ModulePlace OfExpert(
        int layer, int expert, string module, Func<ExpertNames.Stacked, string> stacked, Func<ExpertNames.Single, string> single, int rows, int cols, Func<DecoderWeights, Projection[]> maps)
        => names.Experts switch
        {
            ExpertNames.Stacked stack => Place(layer, module, stacked(stack), rows, cols, maps) with { FirstRow = expert * rows },
            ExpertNames.Single file => Place(layer, module, file.Expert(expert) + single(file), rows, cols, maps),
            _ => throw new InvalidOperationException($"{names.Experts} has no weights for {module}."),
        };

    private ModulePlace Place(int layer, string module, string tensor, int rows, int cols, Func<DecoderWeights, Projection[]> maps)
        => new(modules.Layer(layer) + module, names.Layer(layer) + tensor + ".weight", 0, rows, cols, maps);

    private static string Stem(string name) => name[..^".weight".Length];
}
