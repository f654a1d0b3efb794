using Orrery.Models.Safetensors;

namespace Orrery.Models.Adapters;

/// <summary>What an adapter adds to one linear map of its base: y += Scale * B (A x), with A [Rank, Cols] and B [Rows, Rank] (arXiv 2106.09685).</summary>
public sealed class AdapterModule
{
    internal AdapterModule(string name, SafetensorsTensor a, SafetensorsTensor b, float scale) => (Name, A, B, Scale) = (name, a, b, scale);

    /// <summary>Of the map, as Hugging Face's transformers call it inside the base model: <c>layers.0.self_attn.q_proj</c>, or <c>lm_head</c>.</summary>
    public string Name { get; }

    /// <summary>alpha / rank, or alpha / sqrt(rank) where the adapter says so (arXiv 2312.03732).</summary>
    public float Scale { get; }

    public int Rank => (int)A.Shape[0];

    public int Cols => (int)A.Shape[1];

    public int Rows => (int)B.Shape[0];

    /// <summary>Elements of A and B together.</summary>
    public long Weights => Rank * ((long)Cols + Rows);

    internal SafetensorsTensor A { get; }

    internal SafetensorsTensor B { get; }
}
