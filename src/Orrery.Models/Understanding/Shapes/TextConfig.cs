using Orrery.Models.Safetensors;
using Orrery.Models.Understanding.Families;

namespace Orrery.Models.Understanding.Shapes;

/// <summary>The part of config.json that is about text, which models that also see or hear keep in an object of its own.</summary>
/// <param name="Root">The whole.</param>
/// <param name="Text">The part; the whole where there is no other.</param>
/// <param name="Family">Of the part, else of the whole; llama's where both are unknown.</param>
internal sealed record TextConfig(ModelConfig Root, ModelConfig Text, Family Family)
{
    private static readonly string[] Parts = ["text_config", "llm_config", "language_config"];

    private static readonly Family Generic = new("");

    public bool IsNested => !ReferenceEquals(Root, Text);

    /// <summary>Of the whole: what it is.</summary>
    public string? ModelType => Root.Text("model_type");

    public bool IsKnown => FamilyTable.IsKnown(ModelType) && (!IsNested || Text.Text("model_type") is not { } own || FamilyTable.IsKnown(own));

    public static TextConfig Of(ModelConfig root)
    {
        var from = root.Inner("thinker_config") ?? root;
        var text = Parts.Select(from.Inner).FirstOrDefault(part => part is not null) ?? from;
        return new TextConfig(root, text, FamilyTable.Find(text.Text("model_type")) ?? FamilyTable.Find(root.Text("model_type")) ?? Generic);
    }

    /// <summary>Of the text part, else of the whole.</summary>
    public bool? Truth(string key) => Text.Truth(key) ?? (IsNested ? Root.Truth(key) : null);
}
