using System.Collections.Immutable;
using Orrery.Models.Gguf;
using Orrery.Models.Understanding.Abilities;
using Orrery.Models.Understanding.Estimates;
using Orrery.Models.Understanding.Families;
using Orrery.Models.Understanding.Shapes;
using Orrery.Models.Understanding.Weights;

namespace Orrery.Models.Understanding.Sources;

/// <summary>From the header of a GGUF file to a summary. Pure.</summary>
internal static class GgufSummary
{
    private const string Template = "tokenizer.chat_template";
    private const int RanksPairs = 4;

    public static ModelSummary Of(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var metadata = file.Metadata;
        string architecture = file.Architecture;
        if (file.Header.Tensors.Count == 0)
            throw new InvalidModelFileException(file.Path, "the tensor table", "is empty", "This is a vocabulary, not a model: get the file with the weights.");
        var notes = ImmutableArray.CreateBuilder<string>();
        var family = FamilyTable.Find(architecture);
        if (family is null)
            notes.Add($"general.architecture {InvalidModelFileException.Quote(architecture)} is not known here: it was read by the keys that most families use");

        var keys = new GgufKeys(metadata, architecture);
        var counted = CountedWeights.Of(file.Header.Tensors.Values);
        var parameters = Parameters(counted, keys);
        var context = keys.Context();
        var shape = GgufShape.Read(keys, family ?? new Family(""));
        if (shape?.UnknownState is { } note)
            notes.Add(note);
        long pooling = keys.Whole("pooling_type", 0, int.MaxValue) ?? 0;
        return new ModelSummary
        {
            Name = file.Name,
            Format = file.Format,
            ModelType = architecture,
            Architecture = architecture,
            IsKnown = family is not null,
            Vendor = metadata.TextIf("general.organization"),
            FamilyVendor = family?.Vendor,
            License = metadata.TextIf("general.license.name") ?? metadata.TextIf("general.license"),
            Parameters = parameters,
            Quantization = parameters.MainType,
            ContextTokens = context.Tokens,
            RopeScaling = context.Scaling,
            KvCache = shape is null ? null : KvCacheEstimate.Of(shape, context.Tokens),
            Capabilities = CapabilityRules.Of(new ModelEvidence(file.Name, [], family?.Role)
            {
                Templates = Templates(metadata),
                NamesPooling = pooling is > 0 and not RanksPairs || metadata.ValueOf(architecture + ".attention.causal") is false,
                NamesRanking = pooling == RanksPairs,
            }),
            WeightBytes = counted.Bytes,
            FileBytes = file.FileBytes,
            Notes = notes.ToImmutable(),
        };
    }

    private static ParameterCount Parameters(CountedWeights counted, GgufKeys keys)
    {
        var count = new ParameterCount(counted.Total, counted.ByType, ParameterOrigin.Counted);
        return counted.Routed > 0 && keys.Whole("expert_count", 0, ConfigKeys.MostExperts) is > 0 and var experts && keys.Whole("expert_used_count", 0, experts) is > 0 and var used
            ? count with { Active = counted.Total - counted.Routed + (long)((Int128)counted.Routed * used / experts) }
            : count;
    }

    /// <summary>Further ones are under the same key with their name behind it.</summary>
    private static ImmutableArray<NamedTemplate> Templates(GgufMetadata metadata)
        => [.. metadata.Keys.Where(key => key == Template || key.StartsWith(Template + ".", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(key => new NamedTemplate(key == Template ? "default" : key[(Template.Length + 1)..], metadata.Text(key)!))];
}
