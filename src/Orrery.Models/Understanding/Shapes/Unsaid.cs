namespace Orrery.Models.Understanding.Shapes;

/// <summary>What transformers' config classes have where a joined model's part for text leaves it out, as some published ones do.</summary>
internal sealed record Unsaid(int Hidden, int Layers, int Heads, int KvHeads, int HeadDim, int Ffn, int Vocabulary, int Context)
{
    private static readonly Dictionary<string, Unsaid> ByFamily = new(StringComparer.Ordinal)
    {
        ["llama"] = new(4096, 32, 32, 32, 128, 11008, 32000, 2048),
        ["mistral"] = new(4096, 32, 32, 8, 128, 14336, 32000, 131072),
        ["gemma3_text"] = new(2304, 26, 8, 4, 256, 9216, 262208, 131072),
    };

    /// <summary>Null: nothing may be left out.</summary>
    public static Unsaid? Of(TextConfig config) => config.IsNested ? ByFamily.GetValueOrDefault(config.Family.ModelType) : null;
}
