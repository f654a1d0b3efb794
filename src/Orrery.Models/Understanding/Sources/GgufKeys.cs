using Orrery.Models.Gguf;
using Orrery.Models.Understanding.Shapes;

namespace Orrery.Models.Understanding.Sources;

/// <summary>A GGUF file's keys about its architecture, under whose name they stand: <c>llama.block_count</c>.</summary>
internal sealed class GgufKeys(GgufMetadata metadata, string architecture)
{
    public string Architecture { get; } = architecture;

    /// <summary>Null when absent.</summary>
    public int? Whole(string key, int least, int most) => (int?)metadata.WholeNumber(Name(key), least, most);

    /// <summary>One number, or one for each layer. Null when absent.</summary>
    public int[]? PerLayer(string key, int layers, int most)
    {
        if (metadata.ValueOf(Name(key)) is not Array { Rank: 1 } list)
            return Whole(key, 0, most) is { } one ? [.. Enumerable.Repeat(one, layers)] : null;
        int[] numbers = list switch
        {
            int[] signed when signed.GetType() == typeof(int[]) => signed,
            uint[] unsigned => [.. unsigned.Select(number => (int)Math.Min(number, int.MaxValue))],
            _ => throw metadata.Invalid(Name(key), "must hold whole numbers of 32 bits"),
        };
        if (numbers.Length != layers)
            throw metadata.Invalid(Name(key), $"has {numbers.Length} entries for {layers} layers");
        return numbers.All(number => number >= 0 && number <= most) ? numbers : throw metadata.Invalid(Name(key), $"must hold whole numbers between 0 and {most}");
    }

    /// <summary>For each layer whether it is meant. Null when absent.</summary>
    public bool[]? Flags(string key) => metadata.ValueOf(Name(key)) as bool[];

    /// <summary>As the converter stretched it: <c>context_length</c> counts with rope scaling for most, and before it for yarn.</summary>
    public ContextLength Context()
    {
        int? stated = Whole("context_length", 1, int.MaxValue);
        string? scaling = metadata.Text(Name("rope.scaling.type")) is { } type and not "none" ? type : null;
        if (scaling != "yarn" || metadata.Number(Name("rope.scaling.factor")) is not { } factor || Whole("rope.scaling.original_context_length", 1, int.MaxValue) is not { } original)
            return new ContextLength(stated, scaling);
        int stretched = (int)Math.Min((double)original * factor, int.MaxValue);
        return new ContextLength(Math.Max(stated ?? 0, stretched), scaling);
    }

    private string Name(string key) => $"{Architecture}.{key}";
}
