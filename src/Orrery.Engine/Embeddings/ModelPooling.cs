using Orrery.Engine.Architectures;
using Orrery.Models;
using Orrery.Models.Safetensors;

namespace Orrery.Engine.Embeddings;

/// <summary>The pooling that a model's files ask for.</summary>
internal static class ModelPooling
{
    private const string PoolingMode = "pooling_mode", PoolingFlag = "pooling_mode_", UseAnother = "Use a model with mean, cls or last-token pooling.";

    private static readonly Key GgufPooling = new("pooling_type");

    /// <returns>Null: they do not name one.</returns>
    /// <exception cref="InvalidModelFileException">They ask for one, or for a step behind it, that is not implemented.</exception>
    public static Pooling? Of(ModelHeader header, IModelSource source) => source.Origin is SafetensorsModel model ? OfModules(model.SentenceModules) : OfGguf(header);

    private static Pooling? OfGguf(ModelHeader header) => header.Find(GgufPooling, 0, int.MaxValue) switch
    {
        null or 0 => null,
        1 => Pooling.Mean,
        2 => Pooling.Cls,
        3 => Pooling.Last,
        4 => throw header.Invalid(GgufPooling, "is 4: this model ranks pairs of texts and makes no embeddings", UseAnother),
        var other => throw header.Invalid(GgufPooling, $"is {other}, which is no known pooling", UseAnother),
    };

    private static Pooling? OfModules(IReadOnlyList<SentenceModule> modules)
    {
        Pooling? pooling = null;
        foreach (var module in modules)
        {
            switch (module.Kind)
            {
                case "Transformer" or "Normalize":
                    break;                                              // every embedding is normalised here, asked for or not
                case "Pooling":
                    pooling = OfConfig(module.Config ?? throw module.Invalid("has no config.json in its folder", "Get all files of the model."));
                    break;
                case var other:
                    throw module.Invalid($"is '{other}', which is not implemented", "Use a model of the steps Transformer, Pooling and Normalize.");
            }
        }
        return pooling;
    }

    private static Pooling OfConfig(ModelConfig config)
    {
        if (config.Contains(PoolingMode))
            return config.Text(PoolingMode) is { } mode && Named(mode) is { } named ? named : throw config.Invalid(PoolingMode, $"is {config.Text(PoolingMode)}, which is not implemented", UseAnother);

        string[] asked = [.. config.Names.Where(name => name.StartsWith(PoolingFlag, StringComparison.Ordinal) && config.Truth(name) is true)];
        if (asked is not [var flag])
            throw config.Invalid(asked.FirstOrDefault() ?? PoolingFlag + "mean_tokens", asked.Length == 0 ? "is not true, nor is another mode" : $"is true, and so is {asked[1]}; several at once are not implemented", UseAnother);
        return Named(flag[PoolingFlag.Length..]) ?? throw config.Invalid(flag, "is true, which is not implemented", UseAnother);
    }

    private static Pooling? Named(string mode) => mode switch
    {
        "mean" or "mean_tokens" => Pooling.Mean,
        "cls" or "cls_token" => Pooling.Cls,
        "lasttoken" => Pooling.Last,
        _ => null,
    };
}
