using System.Collections.Immutable;
using Orrery.Models.Safetensors;
using Orrery.Models.Understanding.Families;

namespace Orrery.Models.Understanding.Abilities;

/// <summary>What tells what a model can do.</summary>
/// <param name="Name">Of the model: the last resort.</param>
/// <param name="Architectures">Classes, as <c>Qwen2ForCausalLM</c>. Empty for GGUF files.</param>
internal sealed record ModelEvidence(string Name, ImmutableArray<string> Architectures, FamilyRole? Role)
{
    /// <summary>The whole config.json; null for GGUF files.</summary>
    public ModelConfig? Config { get; init; }

    /// <summary>Chat templates.</summary>
    public ImmutableArray<NamedTemplate> Templates { get; init; } = [];

    /// <summary>Its files say how tokens become one vector.</summary>
    public bool NamesPooling { get; init; }

    /// <summary>Its files say that it ranks.</summary>
    public bool NamesRanking { get; init; }

    /// <summary>What the model card says that it is for: <c>text-ranking</c>.</summary>
    public string? PipelineTag { get; init; }
}

/// <summary>One of a model's chat templates.</summary>
/// <param name="Name"><c>default</c>, or what it is for: <c>tool_use</c>.</param>
public sealed record NamedTemplate(string Name, string Source);
